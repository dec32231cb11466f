//! Tests of the inbound half.
