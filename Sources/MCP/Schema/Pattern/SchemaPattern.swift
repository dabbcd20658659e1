/// A regular expression of ECMA-262 with the meaning that JSON Schema gives it.
///
/// It works on Unicode scalars (the flag `u`) and matches anywhere in a text. It is followed in all
/// its states at once, so that the time is linear in the text for every pattern, but for the
/// look-arounds, whose work is counted and bounded too. Swift's own `Regex` is not used: it
/// backtracks without bound, cannot be shared between tasks, and differs in `\d`, `\w` and `$`.
///
/// Everything of ECMA-262 is read but back-references, modifiers such as `(?i:…)`, and the
/// properties of `\p{…}` other than general categories and the binary ones in
/// ``UnicodeProperty``. Like Annex B does, `{`, `}` and `]` are taken for themselves where they
/// mean nothing else.
struct SchemaPattern: Sendable {
    let text: String
    private let program: PatternProgram

    /// How many instructions it has.
    var size: Int { program.instructions.count }

    /// Reads `text`, or tells what in it cannot be used.
    init(_ text: String) throws(PatternFault) {
        guard text.unicodeScalars.count <= SchemaLimits.patternLengthMax else {
            throw PatternFault("is longer than \(SchemaLimits.patternLengthMax) characters")
        }
        var parser = PatternParser(text)
        let tree = try parser.parse()
        var compiler = PatternCompiler()
        self.program = try compiler.compile(tree)
        self.text = text
    }

    /// Whether some part of `text` matches.
    ///
    /// - Parameter work: what may be spent, in states visited; is lowered by what was spent. The
    ///   answer means nothing when it is below zero afterwards.
    /// - Complexity: O(n · m) in the lengths of text and pattern without look-arounds.
    func matches(_ text: String, work: inout Int) -> Bool {
        var matcher = PatternMatcher(program: program, text: text, work: work)
        defer { work = matcher.work }
        return matcher.search()
    }
}

/// What a pattern has that cannot be used.
struct PatternFault: Error {
    /// A clause that continues "the pattern …".
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
