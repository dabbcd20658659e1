internal import JSON
internal import KomodoClient

/// The arguments that read tools share.
enum ReadArguments {
    /// Pages whose number no list reaches.
    private static let pageMax = 1_000_000
    private static let pageSizeMax = 100
    private static let pageSizeDefault = 50

    static let paging: [Property] = [
        .integer("page", "Which page, from 1.", in: 1...pageMax, default: 1, example: 2),
        .integer(
            "page_size", "Items on a page.", in: 1...pageSizeMax, default: pageSizeDefault,
            example: 20),
    ]

    /// `id` with what it names.
    static func id(_ what: String, example: String) -> Property {
        name("id", "The \(what)'s name or Komodo id, as in lists.", example: example).required
    }

    /// A name or an id.
    static func name(_ name: String, _ description: String, example: String) -> Property {
        .text(name, description, example: example, length: 1...200)
    }

    /// The page that is wanted.
    static func page(_ arguments: ToolArguments) throws(ToolFailure) -> PageRequest {
        PageRequest(
            number: try arguments.int("page", in: 1...pageMax) ?? 1,
            size: try arguments.int("page_size", in: 1...pageSizeMax) ?? pageSizeDefault)
    }

    /// One of `words`; nil when it is absent.
    static func word(
        _ name: String, of words: [String], in arguments: ToolArguments
    ) throws(ToolFailure) -> String? {
        guard let word = try arguments.string(name) else { return nil }
        guard words.contains(word) else {
            throw arguments.fault(
                name, "must be one of \(words.joined(separator: ", "))", allowed: words)
        }
        return word
    }
}
