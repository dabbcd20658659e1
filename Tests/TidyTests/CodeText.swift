/// Swift source in which comments and string literals are blanks, line by line.
///
/// Code inside an interpolation stays. The scan knows line and nested block comments, strings of
/// one and of many lines, and raw strings; it does not know regular expression literals.
struct CodeText {
    /// The lines, each as long in bytes as it was.
    let lines: [String]
    /// Whether a line holds a comment, or a part of one.
    let isCommented: [Bool]

    init(_ source: String) {
        var scanner = Scanner(bytes: Array(source.utf8))
        scanner.scanCode(until: nil)
        lines = scanner.output.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        )
        .map { String(decoding: $0, as: UTF8.self) }
        let commented = scanner.commentedLines
        isCommented = lines.indices.map { commented.contains($0) }
    }
}

private struct Scanner {
    let bytes: [UInt8]
    var output: [UInt8] = []
    var commentedLines: Set<Int> = []
    private var place = 0
    private var line = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    /// Copies code up to its end, or to the parenthesis that closes an interpolation.
    mutating func scanCode(until end: UInt8?) {
        var depth = 0
        while place < bytes.count {
            if starts(with: "//") {
                scanLineComment()
            } else if starts(with: "/*") {
                scanBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                scanString(hashes: hashes)
            } else {
                let byte = bytes[place]
                if end != nil, byte == UInt8(ascii: "(") { depth += 1 }
                if let end, byte == end {
                    if depth == 0 { return }
                    depth -= 1
                }
                keep()
            }
        }
    }

    /// How many `#` stand before the quote that begins here; nil when no string begins here.
    private func hashesBeforeQuote() -> Int? {
        var next = place
        while next < bytes.count, bytes[next] == UInt8(ascii: "#") { next += 1 }
        guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else { return nil }
        return next - place
    }

    private mutating func scanLineComment() {
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { blankComment() }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        while place < bytes.count {
            if starts(with: "/*") {
                depth += 1
                blankComment(2)
            } else if starts(with: "*/") {
                depth -= 1
                blankComment(2)
                if depth == 0 { return }
            } else {
                blankComment()
            }
        }
    }

    private mutating func scanString(hashes: Int) {
        let fence = String(repeating: "#", count: hashes)
        blank(hashes)
        let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
        blank(quote.utf8.count)
        while place < bytes.count {
            if starts(with: quote + fence) {
                blank(quote.utf8.count + hashes)
                return
            }
            if quote == "\"", bytes[place] == UInt8(ascii: "\n") { return }
            if starts(with: "\\" + fence) {
                blank(1 + hashes)
                scanEscape()
            } else {
                blank()
            }
        }
    }

    /// Steps over the character after a backslash, or through an interpolation.
    private mutating func scanEscape() {
        guard place < bytes.count else { return }
        guard bytes[place] == UInt8(ascii: "(") else { return blank() }
        keep()
        scanCode(until: UInt8(ascii: ")"))
        if place < bytes.count { keep() }
    }

    private func starts(with text: String) -> Bool {
        bytes[place...].starts(with: text.utf8)
    }

    private mutating func keep() {
        if bytes[place] == UInt8(ascii: "\n") { line += 1 }
        output.append(bytes[place])
        place += 1
    }

    private mutating func blankComment(_ count: Int = 1) {
        commentedLines.insert(line)
        blank(count)
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where place < bytes.count {
            if bytes[place] == UInt8(ascii: "\n") {
                keep()
            } else {
                output.append(UInt8(ascii: " "))
                place += 1
            }
        }
    }
}
