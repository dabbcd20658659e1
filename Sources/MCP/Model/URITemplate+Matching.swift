extension URITemplate {
    /// The values with which the template makes `uri`, percent-decoded; nil when there are none.
    ///
    /// - `{var}` takes one or more characters up to the next `/`, `?`, `#` or, in a list, the
    ///   separator. Characters that expansion would have encoded are taken as they are.
    /// - `{+var}` takes any characters but `?` and `#`, `{#var}` any.
    /// - `{?a,b}` and `{&a,b}` take the rest of the URI: any of their names in any order, each at
    ///   most once, and none that the template does not have. They must stand last.
    /// - A variable outside a query must be there. One that stands twice must have one value.
    ///
    /// When several readings are possible, variables that stand first take as little as they can.
    ///
    /// - Complexity: O(n · m) in the length of `uri` and the number of variables.
    package func values(in uri: String) -> [String: String]? {
        guard uri.utf8.count <= Self.uriBytesMax, let pieces = pieces() else { return nil }
        let bytes = Array(uri.utf8)
        var ends = Reach(start: 0)
        var reaches = [ends]
        for piece in pieces.path {
            ends = ends.extended(over: piece, in: bytes)
            guard !ends.isEmpty else { return nil }
            reaches.append(ends)
        }
        for end in ends.positions {
            guard let query = pieces.query else {
                guard end == bytes.count else { continue }
                return read(bytes, pieces.path, reaches, to: end, query: [:])
            }
            guard let values = query.values(in: bytes[end...]) else { continue }
            return read(bytes, pieces.path, reaches, to: end, query: values)
        }
        return nil
    }

    /// Goes back from `end` over the pieces and collects what each variable has taken.
    private func read(
        _ bytes: [UInt8], _ pieces: [Piece], _ reaches: [Reach], to end: Int,
        query: [String: String]
    ) -> [String: String]? {
        var values = query
        var end = end
        for (index, piece) in pieces.enumerated().reversed() {
            guard let start = reaches[index + 1].starts[end] else { return nil }
            if case .variable(let name, _) = piece {
                guard let value = PercentEncoding.decoded(bytes[start..<end]),
                    values[name] == nil || values[name] == value
                else { return nil }
                values[name] = value
            }
            end = start
        }
        return values
    }

    /// What a URI is made of, in order, with the query apart.
    private func pieces() -> (path: [Piece], query: Query?)? {
        var path: [Piece] = []
        for (index, part) in parts.enumerated() {
            guard case .expression(let expression) = part else {
                if case .literal(let text) = part {
                    let literal = PercentEncoding.encoded(text, keeping: .reserved)
                    path.append(.literal(Array(literal.utf8)))
                }
                continue
            }
            if expression.kind == .query || expression.kind == .continuation {
                guard index == parts.count - 1 else { return nil }
                return (path, Query(expression))
            }
            path += Self.pieces(of: expression)
        }
        return (path, nil)
    }

    private static func pieces(of expression: Expression) -> [Piece] {
        let kind = expression.kind
        var stops: Set<UInt8> =
            switch kind {
            case .fragment: []
            case .reserved: Set("?#".utf8)
            case .simple, .label, .path, .matrix, .query, .continuation: Set("/?#".utf8)
            }
        if expression.names.count > 1 || kind == .label || kind == .matrix {
            stops.formUnion(kind.separator.utf8)
        }
        return expression.names.enumerated().flatMap { index, name -> [Piece] in
            var literal = index == 0 ? kind.first : kind.separator
            if kind.isNamed { literal += name + "=" }
            let variable = Piece.variable(name, stops: stops)
            return literal.isEmpty ? [variable] : [.literal(Array(literal.utf8)), variable]
        }
    }

    /// A text or a variable.
    private enum Piece {
        case literal([UInt8])
        case variable(String, stops: Set<UInt8>)
    }

    /// The positions up to which a URI can be read, each with the one where the last piece starts.
    private struct Reach {
        private(set) var starts: [Int: Int]

        init(start: Int) {
            starts = [start: start]
        }

        var isEmpty: Bool { starts.isEmpty }
        var positions: [Int] { starts.keys.sorted() }

        func extended(over piece: Piece, in bytes: [UInt8]) -> Reach {
            var next = Reach(start: 0)
            next.starts = [:]
            switch piece {
            case .literal(let text):
                for start in starts.keys where bytes[start...].starts(with: text) {
                    next.starts[start + text.count] = start
                }
            case .variable(_, let stops):
                // The first start of a run without stops, which leaves the least to those before.
                var first: Int?
                for position in bytes.indices {
                    if first == nil, starts[position] != nil { first = position }
                    if stops.contains(bytes[position]) { first = nil }
                    if let first { next.starts[position + 1] = first }
                }
            }
            return next
        }
    }

    /// The names that may stand in a query.
    private struct Query {
        private let mark: UInt8
        private let names: [String]

        init(_ expression: Expression) {
            mark = UInt8(ascii: expression.kind == .query ? "?" : "&")
            names = expression.names
        }

        func values(in bytes: ArraySlice<UInt8>) -> [String: String]? {
            guard let first = bytes.first else { return [:] }
            guard first == mark, !bytes.contains(UInt8(ascii: "#")) else { return nil }
            var values: [String: String] = [:]
            for pair in bytes.dropFirst().split(separator: UInt8(ascii: "&")) {
                let parts = pair.split(
                    separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = PercentEncoding.decoded(parts[0]), names.contains(name),
                    values[name] == nil,
                    let value = PercentEncoding.decoded(parts.count == 2 ? parts[1] : [])
                else { return nil }
                values[name] = value
            }
            return values
        }
    }
}
