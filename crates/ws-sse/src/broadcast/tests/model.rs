//! Any operations: the property is that of the fuzz target.

use proptest::prelude::*;

use crate::fuzzing;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn ss07_ss15_any_operations(data in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzzing::broadcast(&data);
    }
}
