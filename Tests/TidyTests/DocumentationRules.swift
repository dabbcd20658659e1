/// Finds declarations for other targets that say nothing about themselves.
///
/// Types and functions need a sentence. Properties, initializers, subscripts, operators and what
/// implements a documented protocol are left to the reader's judgement.
enum DocumentationRules {
    private static let accessLevels: Set<Substring> = ["package", "public", "open"]
    private static let modifiers: Set<Substring> = [
        "static", "final", "mutating", "nonmutating", "nonisolated", "indirect", "consuming",
        "borrowing", "override", "class", "async",
    ]
    private static let keywords: Set<Substring> = [
        "func", "struct", "class", "enum", "actor", "protocol", "typealias", "macro",
    ]
    /// Requirements of protocols of the standard library and of swift-log.
    private static let witnesses: Set<String> = ["write", "hash", "encode", "next", "log"]

    /// The undocumented declarations of some files; what one of their protocols requires is documented
    /// there.
    static func findings(in files: [SourceFile]) -> [Finding] {
        let code = files.map { CodeText($0.text).lines }
        let requirements = code.map(requirements)
        let known = witnesses.union(requirements.joined().map(\.name))
        return files.indices.flatMap { index in
            let declared = code[index].enumerated().compactMap { number, line in
                declaredName(in: line).map { (name: $0, line: number) }
            }
            let own = declared.filter { !known.contains($0.name) }
            return (own + requirements[index])
                .filter { !isDocumented($0.line, lines: files[index].lines) }
                .map {
                    let message = "\($0.name) is not documented"
                    return Finding(path: files[index].path, line: $0.line + 1, message: message)
                }
        }
    }

    /// The functions that the protocols of a file require from other targets' types.
    private static func requirements(in code: [String]) -> [(name: String, line: Int)] {
        var found: [(name: String, line: Int)] = []
        var isInside = false
        for (number, line) in code.enumerated() {
            if line.hasPrefix("package protocol ") { isInside = true }
            if line.hasPrefix("}") { isInside = false }
            let words = line.split(separator: " ").drop { modifiers.contains($0) }
            if isInside, words.first == "func", let name = words.dropFirst().first {
                found.append((identifier(name), number))
            }
        }
        return found
    }

    /// The name of the declaration that a line begins; nil when it needs no words.
    private static func declaredName(in line: String) -> String? {
        var words = line.split(separator: " ")[...]
        while words.first?.hasPrefix("@") == true { words.removeFirst() }
        guard let access = words.popFirst(), accessLevels.contains(access) else { return nil }
        while words.count > 1, modifiers.contains(words[words.startIndex]),
            words[words.startIndex] != "class" || keywords.contains(words[words.startIndex + 1])
        {
            words.removeFirst()
        }
        guard let keyword = words.popFirst(), keywords.contains(keyword) else { return nil }
        let name = identifier(words.first ?? "")
        return name.isEmpty ? nil : name
    }

    /// The letters that a word begins with; empty for an operator.
    private static func identifier(_ word: Substring) -> String {
        String(word.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    private static func isDocumented(_ number: Int, lines: [Substring]) -> Bool {
        let above = lines[..<number].last { !$0.drop { $0 == " " }.hasPrefix("@") }
        return above?.drop { $0 == " " }.hasPrefix("///") ?? false
    }
}
