/// What no text of the project may hold.
enum TextRules {
    /// Words that tie the project to one machine, or leave work undone.
    ///
    /// They are put together here, so that this file does not hold them.
    static let forbidden = [
        "/wo" + "rk/", "/ro" + "ot/", "TO" + "DO", "FIX" + "ME", "X" + "XX ", "<<<<" + "<<<",
        "pypi" + ".org", "pythonhosted" + ".org", "crates" + ".io/api", "registry.npm" + "js.org",
        "proxy.gol" + "ang.org", "place" + "holder\n",
    ]

    static func findings(path: String, text: String) -> [Finding] {
        var found: [Finding] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.last == " " || line.last == "\r" {
                found.append(Finding(path: path, line: number + 1, message: "trailing whitespace"))
            }
            if line.contains("\t") {
                found.append(Finding(path: path, line: number + 1, message: "tab"))
            }
            for word in forbidden where "\(line)\n".contains(word) {
                found.append(Finding(path: path, line: number + 1, message: "holds \(word)"))
            }
        }
        if !text.isEmpty, text.last != "\n" || text.hasSuffix("\n\n") {
            found.append(Finding(path: path, line: 1, message: "does not end in one newline"))
        }
        return found
    }
}
