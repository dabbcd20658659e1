/// A URI template (RFC 6570, levels 1 to 3).
///
/// Expressions are `{var}`, `{+var}`, `{#var}`, `{.var}`, `{/var}`, `{;var}`, `{?var}` and
/// `{&var}`, each with one or more names separated by commas; values are texts. The modifiers of
/// level 4 are refused.
package struct URITemplate: Sendable, Hashable, CustomStringConvertible {
    /// The template as it was written.
    package let text: String
    let parts: [Part]

    /// The longest template, in bytes.
    package static let templateBytesMax = 2_048
    /// The longest URI that is matched, in bytes.
    package static let uriBytesMax = 8_192
    /// The most expressions in a template.
    package static let expressionsMax = 64

    package var description: String { text }

    /// Reads `text`.
    ///
    /// - Throws: ``URITemplateError`` naming the expression that cannot be used.
    package init(_ text: String) throws(URITemplateError) {
        guard text.utf8.count <= Self.templateBytesMax else {
            throw URITemplateError("is longer than \(Self.templateBytesMax) bytes")
        }
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw URITemplateError("has a brace without its counterpart")
            }
            parts.append(.expression(try Expression(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        guard parts.count <= 2 * Self.expressionsMax else {
            throw URITemplateError("has more than \(Self.expressionsMax) expressions")
        }
        self.text = text
        self.parts = parts
    }

    /// The names of the variables in the order in which they first stand in the template.
    package var variables: [String] {
        var seen: Set<String> = []
        return parts.flatMap { part -> [String] in
            guard case .expression(let expression) = part else { return [] }
            return expression.names
        }.filter { seen.insert($0).inserted }
    }

    /// The URI with `values` in place of the variables.
    ///
    /// A variable without a value is left out, as the RFC has it.
    package func expanded(_ values: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): PercentEncoding.encoded(text, keeping: .reserved)
            case .expression(let expression): expression.expanded(values)
            }
        }.joined()
    }

    /// A piece of a template.
    enum Part: Sendable, Hashable {
        case literal(String)
        case expression(Expression)
    }

    /// What stands between braces.
    struct Expression: Sendable, Hashable {
        let kind: Kind
        let names: [String]

        /// Reads what stands between the braces.
        init(_ text: Substring) throws(URITemplateError) {
            kind = text.first.flatMap { Kind(rawValue: $0) } ?? .simple
            let list = kind == .simple ? text : text.dropFirst()
            names = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            for name in names where !Self.isName(name) {
                throw URITemplateError("has the expression {\(text)}, which is not supported")
            }
        }

        private static func isName(_ name: String) -> Bool {
            let parts = name.utf8.split(
                separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            return parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy {
                        $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_")
                    }
            }
        }

        /// The expression with `values` in place of its names.
        func expanded(_ values: [String: String]) -> String {
            let items = names.compactMap { name in
                values[name].map { value in
                    let text = PercentEncoding.encoded(value, keeping: kind.kept)
                    guard kind.isNamed else { return text }
                    return value.isEmpty && kind == .matrix ? name : name + "=" + text
                }
            }
            return items.isEmpty ? "" : kind.first + items.joined(separator: kind.separator)
        }
    }

    /// The operator of an expression.
    enum Kind: Character, Sendable, Hashable {
        /// No operator at all; the space stands for none, for it is in no expression.
        case simple = " "
        case reserved = "+"
        case fragment = "#"
        case label = "."
        case path = "/"
        case matrix = ";"
        case query = "?"
        case continuation = "&"

        /// What stands before the first value.
        var first: String {
            switch self {
            case .simple, .reserved: ""
            case .fragment, .label, .path, .matrix, .query, .continuation: String(rawValue)
            }
        }

        /// What stands between two values.
        var separator: String {
            switch self {
            case .simple, .reserved, .fragment: ","
            case .label, .path, .matrix: String(rawValue)
            case .query, .continuation: "&"
            }
        }

        /// Whether values stand behind their names.
        var isNamed: Bool {
            switch self {
            case .matrix, .query, .continuation: true
            case .simple, .reserved, .fragment, .label, .path: false
            }
        }

        /// The characters that are not encoded.
        var kept: PercentEncoding.Kept {
            switch self {
            case .reserved, .fragment: .reserved
            case .simple, .label, .path, .matrix, .query, .continuation: .unreserved
            }
        }
    }
}

/// Why a text is no URI template that is supported.
package struct URITemplateError: Error, Hashable, CustomStringConvertible {
    private let fault: String

    init(_ fault: String) {
        self.fault = fault
    }

    package var description: String { "the URI template \(fault)" }
}
