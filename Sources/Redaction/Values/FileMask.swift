/// Masks the settings in a file, line by line: what stands after a name stays hidden, the name is
/// shown.
///
/// It reads `NAME=value`, `name: value` and `- NAME=value` with or without quotes, which compose
/// files, environment files and scripts have in common.
enum FileMask {
    private static let blocks: Set<Substring> = ["|", "|-", "|+", ">", ">-", ">+"]

    /// `text` with the secret values of its lines replaced.
    static func mask(_ text: String, isSecret: (String) -> Bool) -> String {
        var result: [Substring] = []
        // The indentation of a secret's name while the lines of its block go on.
        var block: Int?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let indent = line.prefix { $0 == " " || $0 == "\t" }.count
            if let open = block {
                if indent > open || line.allSatisfy(\.isWhitespace) {
                    if line.contains(where: { !$0.isWhitespace }) {
                        result.append(line.prefix(indent) + Redactor.replacement[...])
                    } else {
                        result.append(line)
                    }
                    continue
                }
                block = nil
            }
            guard let setting = Setting(line) else {
                result.append(line)
                continue
            }
            if blocks.contains(setting.value), isSecret(setting.name) { block = indent }
            result.append(masked(line, setting, isSecret))
        }
        return result.joined(separator: "\n")
    }

    private static func masked(
        _ line: Substring, _ setting: Setting, _ isSecret: (String) -> Bool
    ) -> Substring {
        guard !setting.value.isEmpty, !blocks.contains(setting.value),
            !setting.value.contains(Redactor.replacement)
        else { return line }
        let value = String(setting.value)
        let isRandom =
            !LikelySecret.isHarmless(setting.name, value) && LikelySecret.isLikely(value)
        guard isSecret(setting.name) || isRandom else { return line }
        return line[..<setting.value.startIndex] + Redactor.replacement[...]
    }

    /// A name and its value on one line.
    private struct Setting {
        let name: String
        let value: Substring

        init?(_ line: Substring) {
            var rest = line.drop { $0 == " " || $0 == "\t" }
            if rest.hasPrefix("- ") { rest = rest.dropFirst(2).drop { $0 == " " } }
            for word in ["export ", "ENV ", "ARG ", "const ", "let ", "var "]
            where rest.hasPrefix(word) {
                rest = rest.dropFirst(word.count).drop { $0 == " " }
            }
            if let mark = rest.first, mark == "\"" || mark == "'" { rest = rest.dropFirst() }
            let name = rest.prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0))
            }
            guard !name.isEmpty else { return nil }
            rest = rest.dropFirst(name.count)
            if let mark = rest.first, mark == "\"" || mark == "'" { rest = rest.dropFirst() }
            rest = rest.drop { $0 == " " }
            guard let sign = rest.first, sign == ":" || sign == "=" else { return nil }
            rest = rest.dropFirst()
            // `name:value` without a blank is an address, such as an image with its tag.
            guard sign == "=" || rest.first.map({ $0 == " " || $0 == "\t" }) ?? true else {
                return nil
            }
            self.name = String(name)
            value = rest.drop { $0 == " " || $0 == "\t" }
        }
    }
}
