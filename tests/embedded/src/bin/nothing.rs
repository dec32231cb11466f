//! The firmware `peer` without its protocol: it starts, sends back one byte of each link, and ends.
#![no_std]
#![no_main]

#[path = "../link.rs"]
mod link;

use cortex_m_rt::entry;
use hybi_embedded::{Clock, pass};
use link::Link;
use stm32f1::stm32f100;

#[entry]
fn main() -> ! {
    let (Some(core), Some(device)) = (
        cortex_m::Peripherals::take(),
        stm32f100::Peripherals::take(),
    ) else {
        panic!("somebody has taken them");
    };
    let clock = Clock::start(core.SYST);
    let mut chunk = [0; 64];
    clock.time("nothing", || {
        for usart in [&*device.USART1, &*device.USART2] {
            let mut link = Link::new(usart);
            let len = link.read(&mut chunk);
            link.write(&chunk[..len]);
        }
    });
    pass();
}
