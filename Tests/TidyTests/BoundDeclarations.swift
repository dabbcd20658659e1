/// The limits that sources declare with a number.
struct BoundDeclarations {
    /// One declaration, or a parameter with a default.
    struct Declaration: Hashable {
        let path: String
        /// Counted from 1.
        let line: Int
        let name: String
        /// In milliseconds, bytes or pieces; nil when it is no plain number.
        let value: Int?
        /// Whether it is a constant or a property, not a parameter.
        let isStored: Bool
    }

    private(set) var declarations: [Declaration] = []
    private var byName: [String: [Declaration]] = [:]
    /// The names of the types that each file declares or extends.
    private var types: [String: Set<String>] = [:]

    init(_ files: [SourceFile]) {
        for file in files {
            for (number, line) in CodeText(file.text).lines.enumerated() {
                if let type = Self.declaredType(in: line) {
                    types[file.path, default: []].insert(type)
                }
                for found in Self.found(in: line) {
                    declarations.append(
                        Declaration(
                            path: file.path, line: number + 1, name: found.name,
                            value: Self.value(of: found.text), isStored: found.isStored))
                }
            }
        }
        byName = Dictionary(grouping: declarations) { $0.name }
    }

    /// What is wrong with the limits of an article.
    func findings(_ table: BoundTable, path: String) -> [Finding] {
        table.limits.compactMap { limit in
            let known = (byName[limit.name] ?? []).filter { isMeant($0, by: limit) }
            guard !known.isEmpty else {
                return Finding(
                    path: path, line: limit.line, message: "\(limit.title) is not declared")
            }
            guard let value = limit.value, !known.contains(where: { $0.value == value }) else {
                return nil
            }
            let others = known.map { $0.value.map { "\($0)" } ?? "no number" }
            return Finding(
                path: path, line: limit.line,
                message: "\(limit.title) is not \(value) but \(others.joined(separator: " or "))")
        }
    }

    /// The declared limits that an article does not name: whatever ends in `Max`, and everything in
    /// files of limits.
    func unlisted(in table: BoundTable) -> [Finding] {
        let named = Dictionary(grouping: table.limits) { $0.name }
        return declarations.filter { declaration in
            guard declaration.isStored, declaration.value != nil,
                declaration.name.hasSuffix("Max") || declaration.path.hasSuffix("Limits.swift")
            else { return false }
            return !(named[declaration.name] ?? []).contains { isMeant(declaration, by: $0) }
        }.map {
            Finding(
                path: $0.path, line: $0.line, message: "\($0.name) is not in the list of bounds")
        }
    }

    private func isMeant(_ declaration: Declaration, by limit: BoundTable.Limit) -> Bool {
        guard declaration.name == limit.name else { return false }
        return limit.type.map { types[declaration.path]?.contains($0) ?? false } ?? true
    }

    // MARK: Reading lines

    private static let keywords: Set<Substring> = [
        "struct", "class", "enum", "actor", "extension", "protocol",
    ]

    /// The last part of the name of a type that a line begins.
    private static func declaredType(in line: String) -> String? {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(where: keywords.contains), place + 1 < words.count else {
            return nil
        }
        let name = words[place + 1].prefix { isPartOfName($0) || $0 == "." }
        return name.split(separator: ".").last.map { String($0) }
    }

    /// The names in a line that are given something, each with the text of that.
    private static func found(
        in line: String
    ) -> [(name: String, text: Substring, isStored: Bool)] {
        let places = line.ranges(of: " = ") + line.ranges(of: " { ")
        return places.compactMap { place in
            let before = line[..<place.lowerBound]
            let isStored = before.contains("let ") || before.contains("var ")
            let typed = before.ranges(of: ": ").last.map { before[..<$0.lowerBound] }
            guard typed != nil || isStored else { return nil }
            let name = String((typed ?? before).reversed().prefix(while: isPartOfName).reversed())
            return name.isEmpty ? nil : (name, line[place.upperBound...], isStored)
        }
    }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// The value of a number, a product, a shift or a duration.
    private static func value(of text: Substring) -> Int? {
        var text = expression(text)
        while text.last == " " { text.removeLast() }
        if text.hasPrefix("Duration.") { text = text.dropFirst("Duration".count) }
        for (beginning, factor) in [(".seconds(", 1_000), (".milliseconds(", 1)]
        where text.hasPrefix(beginning) {
            return product(text.dropFirst(beginning.count).prefix { $0 != ")" }).map { $0 * factor }
        }
        if let shift = text.firstRange(of: " << ") {
            guard let number = product(text[..<shift.lowerBound]),
                let places = product(text[shift.upperBound...])
            else { return nil }
            return number << places
        }
        return product(text)
    }

    /// The beginning of a text up to a comma, a brace, or a parenthesis that it does not open.
    private static func expression(_ text: Substring) -> Substring {
        var depth = 0
        return text.prefix { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return depth >= 0 && !",{}".contains(character)
        }
    }

    private static func product(_ text: Substring) -> Int? {
        var result = 1
        for factor in text.split(separator: "*") {
            guard let number = Int(factor.filter { $0 != "_" && $0 != " " }) else { return nil }
            result *= number
        }
        return text.isEmpty ? nil : result
    }
}
