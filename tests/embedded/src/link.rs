//! A serial line as a link of bytes.

use stm32f1::stm32f100::usart1::RegisterBlock;

/// A serial line that is asked, not waited for.
pub(crate) struct Link<'d> {
    usart: &'d RegisterBlock,
}

impl<'d> Link<'d> {
    /// Switches the line on, both ways.
    pub(crate) fn new(usart: &'d RegisterBlock) -> Self {
        usart
            .cr1()
            .write(|w| w.ue().set_bit().te().set_bit().re().set_bit());
        Self { usart }
    }

    /// Waits for a byte, and takes what has come behind it; tells how many bytes.
    pub(crate) fn read(&mut self, into: &mut [u8]) -> usize {
        let mut len = 0;
        for byte in into {
            while self.usart.sr().read().rxne().bit_is_clear() {
                if len > 0 {
                    return len;
                }
            }
            // The ninth bit is parity or nothing.
            [*byte, _] = self.usart.dr().read().dr().bits().to_le_bytes();
            len += 1;
        }
        len
    }

    /// Writes all of it.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while self.usart.sr().read().txe().bit_is_clear() {}
            self.usart.dr().write(|w| w.dr().set(byte.into()));
        }
    }
}
