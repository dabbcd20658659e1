/// A decimal number of any size, without rounding.
///
/// Two numbers are equal when their values are: `1.0`, `1` and `10e-1` are the same.
struct ExactNumber: Sendable, Hashable {
    let isNegative: Bool
    /// The significant digits, without a zero at either end; none for zero.
    let digits: [UInt8]
    /// The power of ten of the last digit.
    let exponent: Int

    /// Exponents beyond are taken for this one; no sane number comes near.
    private static let exponentMax = 1_000_000_000_000

    /// Reads the text of a JSON number; nil for any other text.
    init?(_ text: String) {
        var reader = NumberReader(text)
        guard let parts = reader.read() else { return nil }
        var digits = parts.digits[...]
        var exponent = min(max(parts.exponent, -Self.exponentMax), Self.exponentMax)
        exponent -= parts.fraction
        while digits.first == 0 { digits.removeFirst() }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        self.digits = Array(digits)
        self.exponent = digits.isEmpty ? 0 : exponent
        isNegative = parts.isNegative && !digits.isEmpty
    }

    var isZero: Bool { digits.isEmpty }

    /// Whether there is no fraction: `3.0` and `3e2` are integers.
    var isInteger: Bool { exponent >= 0 }

    /// The number as a count of things; nil for a negative number or one with a fraction.
    ///
    /// A number too large for an `Int` is the largest one.
    var count: Int? {
        guard isInteger, !isNegative else { return nil }
        guard digits.count + exponent <= 18 else { return Int.max }
        var value = 0
        for digit in digits { value = value * 10 + Int(digit) }
        for _ in 0..<exponent { value *= 10 }
        return value
    }
}

extension ExactNumber: Comparable {
    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative
            ? right.isSmallerInSize(than: left) : left.isSmallerInSize(than: right)
    }

    private func isSmallerInSize(than other: ExactNumber) -> Bool {
        if isZero || other.isZero { return isZero && !other.isZero }
        let (place, otherPlace) = (digits.count + exponent, other.digits.count + other.exponent)
        if place != otherPlace { return place < otherPlace }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}

extension ExactNumber {
    /// What `multipleOf` divides by: few digits, any exponent.
    struct Divisor: Sendable, Hashable {
        let value: UInt64
        let exponent: Int

        /// Takes a positive number of at most ``SchemaLimits/divisorDigitsMax`` digits.
        init?(_ number: ExactNumber) {
            guard !number.isZero, !number.isNegative,
                number.digits.count <= SchemaLimits.divisorDigitsMax
            else { return nil }
            value = number.digits.reduce(0) { $0 * 10 + UInt64($1) }
            exponent = number.exponent
        }
    }

    /// Whether dividing by `divisor` leaves nothing.
    ///
    /// - Complexity: O(n) in the number of digits.
    func isMultiple(of divisor: Divisor) -> Bool {
        if isZero { return true }
        // The last digit is no zero, so that no power of ten divides the digits.
        guard exponent >= divisor.exponent else { return false }
        let modulus = divisor.value
        let rest = digits.reduce(UInt64(0)) { ($0 * 10 + UInt64($1)) % modulus }
        let power = Self.powerOfTen(exponent - divisor.exponent, modulo: modulus)
        return Self.product(rest, power, modulo: modulus) == 0
    }

    private static func powerOfTen(_ exponent: Int, modulo modulus: UInt64) -> UInt64 {
        var (result, base, exponent) = (1 % modulus, 10 % modulus, exponent)
        while exponent > 0 {
            if exponent & 1 == 1 { result = product(result, base, modulo: modulus) }
            base = product(base, base, modulo: modulus)
            exponent >>= 1
        }
        return result
    }

    private static func product(_ left: UInt64, _ right: UInt64, modulo modulus: UInt64) -> UInt64 {
        modulus.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
    }
}

/// Reads the parts of a JSON number.
private struct NumberReader {
    private var bytes: Substring.UTF8View
    private var parts = Parts()

    struct Parts {
        var isNegative = false
        var digits: [UInt8] = []
        /// How many of the digits stand after the point.
        var fraction = 0
        var exponent = 0
    }

    init(_ text: String) {
        bytes = text[...].utf8
    }

    mutating func read() -> Parts? {
        parts.isNegative = take("-")
        let isZeroFirst = bytes.first == UInt8(ascii: "0")
        guard let whole = digits(), !isZeroFirst || whole.count == 1 else { return nil }
        parts.digits = whole
        if take(".") {
            guard let fraction = digits() else { return nil }
            parts.digits += fraction
            parts.fraction = fraction.count
        }
        if take("e") || take("E") {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let exponent = digits() else { return nil }
            let size = exponent.reduce(0) { min($0 * 10 + Int($1), 1 << 50) }
            parts.exponent = isNegative ? -size : size
        }
        return bytes.isEmpty ? parts : nil
    }

    private mutating func digits() -> [UInt8]? {
        let zero = UInt8(ascii: "0")
        let run = bytes.prefix { (zero...zero + 9).contains($0) }
        guard !run.isEmpty else { return nil }
        bytes = bytes[run.endIndex...]
        return run.map { $0 - zero }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: byte) else { return false }
        bytes.removeFirst()
        return true
    }
}
