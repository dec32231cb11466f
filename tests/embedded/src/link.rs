//! A serial line as a link of bytes.

use stm32f1::stm32f100::usart1::RegisterBlock;

/// A serial line that is asked, not waited for.
pub(crate) struct Link<'d> {
    usart: &'d RegisterBlock,
    /// What has come and was not taken. It outlives a connection: the next one's first bytes may
    /// come in one piece with the last ones of this.
    chunk: [u8; 64],
    at: usize,
    end: usize,
}

impl<'d> Link<'d> {
    /// Switches the line on, both ways.
    pub(crate) fn new(usart: &'d RegisterBlock) -> Self {
        usart
            .cr1()
            .write(|w| w.ue().set_bit().te().set_bit().re().set_bit());
        Self {
            usart,
            chunk: [0; 64],
            at: 0,
            end: 0,
        }
    }

    /// Lends what has come, at least one byte, to whoever takes something off its front.
    pub(crate) fn read<'l, R>(&'l mut self, take: impl FnOnce(&mut &'l mut [u8]) -> R) -> R {
        if self.at == self.end {
            self.at = 0;
            self.end = fill(self.usart, &mut self.chunk);
        }
        let mut input = &mut self.chunk[self.at..self.end];
        let result = take(&mut input);
        self.at = self.end - input.len();
        result
    }

    /// Waits for a byte.
    pub(crate) fn byte(&mut self) -> u8 {
        self.read(|input| {
            let (byte, rest) = core::mem::take(input).split_at_mut(1);
            *input = rest;
            byte[0]
        })
    }

    /// Writes all of it.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while self.usart.sr().read().txe().bit_is_clear() {}
            self.usart.dr().write(|w| w.dr().set(byte.into()));
        }
    }
}

/// Waits for a byte, and takes what has come behind it; tells how many bytes.
fn fill(usart: &RegisterBlock, into: &mut [u8]) -> usize {
    let mut len = 0;
    for byte in into {
        while usart.sr().read().rxne().bit_is_clear() {
            if len > 0 {
                return len;
            }
        }
        // The ninth bit is parity or nothing.
        [*byte, _] = usart.dr().read().dr().bits().to_le_bytes();
        len += 1;
    }
    len
}
