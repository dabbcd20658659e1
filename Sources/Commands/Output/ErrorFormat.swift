/// In which format the caller wants to read errors; told from the raw arguments, because an error of
/// their own must be reported too.
enum ErrorFormat {
    /// Whether `json` or `jsonl` was asked for.
    static func isJSON(_ arguments: [String]) -> Bool {
        let words = Array(arguments.dropFirst().prefix { $0 != "--" })
        // "-f" follows in `logs`.
        let names = words.contains("logs") ? ["--format"] : ["--format", "-f"]
        return words.enumerated().contains { index, word in
            let value =
                names.contains(word)
                ? words.dropFirst(index + 1).first
                : names.first { word.hasPrefix($0 + "=") }
                    .map { String(word.dropFirst($0.count + 1)) }
            return value == "json" || value == "jsonl"
        }
    }
}
