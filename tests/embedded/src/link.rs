//! A serial line as a stream of bytes.

use core::convert::Infallible;

use embedded_io_async::{ErrorType, Read, Write};
use stm32f1::stm32f100::usart1::RegisterBlock;

/// A serial line that is asked, not waited for: its futures are ready when they are polled.
pub(crate) struct Link<'d> {
    usart: &'d RegisterBlock,
    /// What is read before what comes.
    again: &'static [u8],
}

impl<'d> Link<'d> {
    /// Switches the line on, both ways.
    pub(crate) fn new(usart: &'d RegisterBlock) -> Self {
        usart
            .cr1()
            .write(|w| w.ue().set_bit().te().set_bit().re().set_bit());
        Self { usart, again: &[] }
    }

    /// Passes over what comes up to these bytes, with which the next read begins.
    pub(crate) fn skip_to(&mut self, start: &'static [u8]) {
        let mut matched = 0;
        while let Some(&expected) = start.get(matched) {
            while !self.has_byte() {}
            let byte = self.byte();
            matched = if byte == expected {
                matched + 1
            } else {
                usize::from(byte == start[0])
            };
        }
        self.again = start;
    }

    fn has_byte(&self) -> bool {
        self.usart.sr().read().rxne().bit_is_set()
    }

    /// The byte that has come. The ninth bit is parity or nothing.
    fn byte(&self) -> u8 {
        let [byte, _] = self.usart.dr().read().dr().bits().to_le_bytes();
        byte
    }
}

impl ErrorType for Link<'_> {
    type Error = Infallible;
}

impl Read for Link<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        if !self.again.is_empty() {
            let len = self.again.len().min(buffer.len());
            let (now, later) = self.again.split_at(len);
            buffer[..len].copy_from_slice(now);
            self.again = later;
            return Ok(len);
        }
        let mut len = 0;
        for byte in buffer {
            while !self.has_byte() {
                if len > 0 {
                    return Ok(len);
                }
            }
            *byte = self.byte();
            len += 1;
        }
        Ok(len)
    }
}

impl Write for Link<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for &byte in bytes {
            while self.usart.sr().read().txe().bit_is_clear() {}
            self.usart.dr().write(|w| w.dr().set(byte.into()));
        }
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
