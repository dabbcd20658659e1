/// SplitMix64, so that a failing case can be run again.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The same numbers for the same `seed`, which is not negative.
    package init(_ seed: Int) { state = UInt64(seed) }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to `bound`, which is left out.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in `times`.
    package mutating func once(in times: Int) -> Bool { below(times) == 0 }
}
