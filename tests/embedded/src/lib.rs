//! What every firmware here does besides its work: it counts, and says what came of it.
#![no_std]

use core::panic::PanicInfo;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_semihosting::{debug, hio};

/// Ends QEMU with a failure. What a panic would say is left out, for it would be most of the code.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        debug::exit(debug::EXIT_FAILURE);
    }
}

/// Says that all went well and waits for the end, so that memory can be looked at from outside.
pub fn pass() -> ! {
    say("passed\n");
    loop {
        cortex_m::asm::wfi();
    }
}

/// Writes to the console of whoever runs QEMU.
pub fn say(text: &str) {
    if let Ok(mut console) = hio::hstdout() {
        // Nobody is told if this fails.
        let _ = console.write_all(text.as_bytes());
    }
}

/// Writes `name` and a number as a line.
pub fn tell(name: &str, number: u32) {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    let mut first = digits.len();
    while rest > 0 || first == digits.len() {
        first -= 1;
        digits[first] += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    say(name);
    say(" ");
    say(core::str::from_utf8(&digits[first..]).unwrap_or_default());
    say("\n");
}

/// Counts the ticks of the processor's clock, 24 bits of them.
#[derive(Debug)]
pub struct Clock(());

impl Clock {
    /// Starts to count.
    pub fn start(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(0x00FF_FFFF);
        timer.clear_current();
        timer.enable_counter();
        Self(())
    }

    /// Tells how many ticks `work` took, less what it takes to look at the clock.
    pub fn time<R>(&self, name: &str, work: impl FnOnce() -> R) -> R {
        let start = Self::look();
        let result = work();
        Self::stop(name, start);
        result
    }

    #[inline(never)]
    fn look() -> u32 {
        SYST::get_current()
    }

    #[inline(never)]
    fn stop(name: &str, start: u32) {
        let end = Self::look();
        let (before, after) = (Self::look(), Self::look());
        // It counts down.
        let ticks = |from: u32, to: u32| from.wrapping_sub(to) & 0x00FF_FFFF;
        say("ticks ");
        tell(name, ticks(start, end).saturating_sub(ticks(before, after)));
    }
}
