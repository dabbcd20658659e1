/// A small repeatable generator (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A generator of its own for one purpose, so that the order of other draws does not matter.
    init(seed: UInt64, purpose: String) {
        self.init(seed: seed ^ Self.hash(purpose))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    mutating func fraction() -> Double {
        Double(next() >> 11) / Double(1 << 53)
    }

    /// FNV-1a over the UTF-8 of `text`.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// `digits` hexadecimal digits that depend on `text` alone.
    static func hex(_ text: String, digits: Int) -> String {
        var random = SeededRandom(seed: hash(text))
        var result = ""
        while result.count < digits {
            let word = String(random.next(), radix: 16)
            result += String(repeating: "0", count: 16 - word.count) + word
        }
        return String(result.prefix(digits))
    }
}
