//! Random sessions. Each is made from a seed, which a failure names: it is the same in every run.

mod calls;
mod driver;
mod sessions;

use hybi_testkit::pipe::{Behaviour, Pending};
use hybi_tests::world::timer;
use ws_futures::Options;

/// The key that leaves payloads readable.
const M0: [u8; 4] = [0; 4];

/// Numbers that follow from a seed: xorshift.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    /// Whether something is the case that is so once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Text of at least so many bytes, of characters that take one to four.
    fn text(&mut self, len: usize) -> String {
        let mut text = String::new();
        while text.len() < len {
            text.push(self.one_of(&['a', 'é', '€', '🦀', '\0']));
        }
        text
    }

    /// A slow, narrow or ordinary end of a pipe.
    fn behaviour(&mut self) -> Behaviour {
        let behaviour = Behaviour::default()
            .capacity(self.one_of(&[1, 7, 100, 5000, 1 << 20]))
            .max_read(self.one_of(&[1, 3, 1000, 1 << 20]))
            .max_write(self.one_of(&[1, 3, 1000, 1 << 20]))
            .pending(self.one_of(&[Pending::Never, Pending::Random(self.0)]));
        if self.once_in(2) {
            behaviour.hold_until_flush()
        } else {
            behaviour
        }
    }

    /// Settings on virtual time, with room for little or much.
    fn options(&mut self, mut options: Options) -> Options {
        options.timer = Some(timer);
        if self.once_in(2) {
            options.write_buffer = 50;
            options.max_write_buffer = 500;
        }
        if self.once_in(2) {
            options.connection.keep_alive = None;
        }
        options
    }
}
