//! The firmware `calls` without its calls: it starts, looks at the clock, and ends. Memory it
//! copies, clears and compares, as every firmware does.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m_rt::entry;
use hybi_embedded::{Clock, pass};
use stm32f1 as _;

#[entry]
fn main() -> ! {
    let Some(core) = cortex_m::Peripherals::take() else {
        panic!("somebody has taken them");
    };
    let clock = Clock::start(core.SYST);
    for name in ["one", "two", "three", "four", "five"] {
        clock.time(name, || {});
    }
    clock.time("six", || {
        let len = black_box(64);
        let (mut some, mut other) = ([1_u8; 64], black_box([2_u8; 64]));
        black_box(&mut some)[..len].fill(0);
        black_box(&mut other)[..len].copy_from_slice(&black_box(&some)[..len]);
        black_box(some[..len] == other[..len])
    });
    pass();
}
