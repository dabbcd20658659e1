import JSON
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(2)))
struct SchemaPatternTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let pattern: String
        let good: [String]
        let bad: [String]

        init(_ pattern: String, good: [String] = [], bad: [String] = []) {
            self.pattern = pattern
            self.good = good
            self.bad = bad
        }

        var testDescription: String { pattern }
    }

    @Test(arguments: rows)
    func patternsMatchAsInECMAScript(_ row: Row) throws {
        let pattern = try SchemaPattern(row.pattern)
        for text in row.good {
            var work = 1_000_000
            #expect(pattern.matches(text, work: &work), "\(text.debugDescription) matches")
            #expect(work > 0)
        }
        for text in row.bad {
            var work = 1_000_000
            #expect(!pattern.matches(text, work: &work), "\(text.debugDescription) does not match")
        }
    }

    private static let rows: [Row] = [
        Row("", good: ["", "a"]),
        Row("b", good: ["abc"], bad: ["", "a"]),
        Row("^$", good: [""], bad: ["\n", "a"]),
        Row("^a|b$", good: ["ax", "xb"], bad: ["xa", "bx"]),
        Row("^(?:a|bc)*$", good: ["", "abca"], bad: ["b", "abb"]),
        Row("^a?b+c*$", good: ["b", "abbcc"], bad: ["", "aab", "ac"]),
        Row("^a{2}$", good: ["aa"], bad: ["a", "aaa"]),
        Row("^a{2,}?$", good: ["aa", "aaaa"], bad: ["a"]),
        Row("^(ab){1,2}$", good: ["ab", "abab"], bad: ["", "ababab"]),
        Row("^a{0}$", good: [""], bad: ["a"]),
        Row("^a{,2}$", good: ["a{,2}"], bad: ["a"]),
        Row("^{}]$", good: ["{}]"]),
        Row("^.$", good: ["a", "🐲", "\u{85}"], bad: ["\n", "\r", "\u{2028}", "ab"]),
        Row(#"^\d$"#, good: ["0"], bad: ["৪", "a"]),
        Row(#"^\D$"#, good: ["৪"], bad: ["0"]),
        Row(#"^\w+$"#, good: ["aZ_9"], bad: ["é", "-"]),
        Row(#"^\s$"#, good: [" ", "\u{A0}", "\u{FEFF}", "\u{2029}", "\u{B}"], bad: ["\u{180E}"]),
        Row(#"^\S$"#, good: ["a"], bad: [" "]),
        Row(#"^[\d\-x]+$"#, good: ["1-x"], bad: ["y"]),
        Row(#"^[^a-c]$"#, good: ["d", "\n"], bad: ["a", "b", "c"]),
        Row(#"^[\D]$"#, good: ["a", "🐲"], bad: ["5"]),
        Row(#"^[^\D5]$"#, good: ["4"], bad: ["5", "a"]),
        Row("^[]$", bad: ["", "a"]),
        Row("^[^]$", good: ["\n"], bad: [""]),
        Row("^[-a]+[a-]+$", good: ["-a"]),
        Row(#"^[\b]$"#, good: ["\u{8}"], bad: ["b"]),
        Row(#"\bfoo\b"#, good: ["a foo.", "foo"], bad: ["food", "éfoo_"]),
        Row(#"a\Bb"#, good: ["ab"]),
        Row(
            #"^\t\n\v\f\r\0\cA\x41\u0042\u{43}\u{1F432}\uD83D\uDC32$"#,
            good: ["\t\n\u{B}\u{C}\r\0\u{1}ABC🐲🐲"]),
        Row(#"^\/\.\*\-\_$"#, good: ["/.*-_"]),
        Row(#"^\p{Lu}\P{Lu}\p{Letter}\p{gc=Nd}$"#, good: ["Aaé৪"], bad: ["aaa1"]),
        Row(#"^[\p{L}\p{N} ]+$"#, good: ["Tür 2"], bad: ["a.b"]),
        Row(#"^(?=.*\d)(?=.*[a-z]).{4,}$"#, good: ["abc1"], bad: ["abcd", "1a"]),
        Row("^(?!admin)[a-z]+$", good: ["adm"], bad: ["admin", "administrator"]),
        Row(#"(?<=\$)\d+"#, good: ["a $5"], bad: ["5", "€5"]),
        Row(#"(?<!\$)\b\d+"#, good: ["€5"], bad: ["$5"]),
        Row("(?<=ab{2})c", good: ["abbc"], bad: ["abc", "bbc"]),
        Row("(?<year>[0-9]{4})", good: ["2026"], bad: ["202"]),
        Row("(?=a)*b", good: ["b"]),
        Row("^(a*)*$", good: ["", "aaa"], bad: ["b"]),
        Row("^é$", good: ["é"], bad: ["e\u{301}"]),
        Row("(|a)b", good: ["b", "ab"]),
    ]

    @Test(arguments: [
        "(", ")", "a)", "[a", "*", "a**", "+a", "?", "{1}", "a{2,1}", "a{3000}", #"\"#, #"\1"#,
        #"(a)\k<x>"#, #"\a"#, #"\Z"#, #"\x4"#, #"\u12"#, #"\u{110000}"#, #"\u{+1}"#, #"\p"#,
        #"\p{Foo}"#, #"\p{Script=Greek}"#, "[b-a]", #"[\d-z]"#, #"\c1"#, "^*", #"\b+"#,
        "(?i:a)", "(?>a)", "(?<a", "(?<=a)*", #"\01"#, "(?:a{1000}){1000}", "((?:){2000}){2000}",
        String(repeating: "(", count: 40) + String(repeating: ")", count: 40),
    ])
    func syntaxThatIsNotSupportedIsRefused(pattern: String) {
        #expect(throws: PatternFault.self) { try SchemaPattern(pattern) }
    }
}
