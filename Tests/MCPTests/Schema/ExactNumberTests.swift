import TestSupport
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(2)))
struct ExactNumberTests {
    @Test(arguments: [
        ("1", "1.0"), ("100", "1e2"), ("0", "-0.0e9"), ("-1.50", "-15e-1"), ("0.001", "1E-3"),
        ("12345678901234567890", "1234567890123456789e1"), ("5e+2", "500.00"),
    ])
    func numbersAreEqualByValue(left: String, right: String) throws {
        let (left, right) = (try #require(ExactNumber(left)), try #require(ExactNumber(right)))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
    }

    @Test func numbersAreOrdered() throws {
        let texts = [
            "-1e400", "-12345678901234567891", "-12345678901234567890", "-2", "-1.5", "-1",
            "-1e-400", "0", "1e-400", "0.1", "0.10000000000000000001", "0.2", "1", "1.5", "10",
            "12345678901234567890", "12345678901234567891", "1e400",
        ]
        let numbers = try texts.map { try #require(ExactNumber($0)) }
        for (left, first) in numbers.enumerated() {
            for (right, second) in numbers.enumerated() {
                #expect((first < second) == (left < right), "\(texts[left]) and \(texts[right])")
                #expect((first == second) == (left == right))
            }
        }
    }

    @Test(arguments: ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "1 ", "--1", "٣"])
    func otherTextsAreNoNumbers(text: String) {
        #expect(ExactNumber(text) == nil)
    }

    @Test(arguments: [
        ("0", 0), ("7", 7), ("2.0", 2), ("1e3", 1_000), ("1e30", Int.max),
        ("99999999999999999999", .max),
    ])
    func integersAreCounts(text: String, count: Int) {
        #expect(ExactNumber(text)?.count == count)
    }

    @Test(arguments: ["-1", "1.5", "1e-1"])
    func otherNumbersAreNoCounts(text: String) throws {
        #expect(try #require(ExactNumber(text)).count == nil)
    }

    /// Against the remainder of integers.
    @Test func multiplesAreThoseOfIntegers() throws {
        var random = SeededRandom(7)
        for _ in 0..<2_000 {
            let divisor = Int64.random(in: 1...999, using: &random)
            let value = Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)
            let scale = Int.random(in: 0...12, using: &random)
            let number = try #require(ExactNumber("\(value)e-\(scale)"))
            let by = try #require(ExactNumber("\(divisor)e-\(scale)"))
            let exact = try #require(ExactNumber.Divisor(by))
            #expect(number.isMultiple(of: exact) == (value % divisor == 0))
        }
    }
}
