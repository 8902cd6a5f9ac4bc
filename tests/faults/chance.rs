//! Random moments that can be had again: `ZAVICAJ_TEST_SEED` repeats a run's.

use std::time::Duration;

/// A small generator (xorshift64*); nothing depends on its quality.
pub struct Chance(u64);

impl Chance {
    /// From the seed that is given, or from the clock; answers it, to be told.
    pub fn seeded() -> (Self, u64) {
        let given = std::env::var("ZAVICAJ_TEST_SEED").ok().map(|text| text.parse().unwrap());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let seed = given.unwrap_or(now.as_nanos() as u64) | 1;
        (Self(seed), seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) % end
    }

    /// A moment within so many milliseconds.
    pub fn within_ms(&mut self, most: u64) -> Duration {
        Duration::from_micros(self.below(most * 1000))
    }
}
