internal import JSON

/// Turns a schema and the documents that it refers to into a program.
///
/// Subschemas wait in a list until it is their turn, so that no chain of references is too long.
struct SchemaCompiler {
    let formats: Set<SchemaFormat>
    private var map = SchemaMap()
    private let root: SchemaMap.Place
    private var program = SchemaProgram()
    private var ids: [SchemaMap.Place: Int] = [:]
    private var places: [SchemaMap.Place] = []
    /// The anchors that dynamic references look for.
    private var dynamicNames: Set<ExactText> = []
    private var patternsSize = 0

    /// Finds the subschemas of `schema` and of `documents`.
    init(
        _ schema: JSONValue, formats: Set<SchemaFormat>, documents: [String: JSONValue]
    ) throws(SchemaError) {
        self.formats = formats
        root = try map.add(schema, at: "")
        for (uri, document) in documents.sorted(by: { $0.key < $1.key }) {
            _ = try map.add(document, at: uri)
        }
    }

    /// Compiles all that the schema reaches.
    mutating func compile() throws(SchemaError) -> SchemaProgram {
        program.root = try node(at: root)
        var done = 0
        repeat {
            while done < places.count {
                try compileNode(done)
                done += 1
            }
            try linkDynamicAnchors()
        } while done < places.count
        if let node = program.endlessNode() {
            throw SchemaError(
                code: .endlessReference, pointer: places[node].pointer.text,
                message: "its references lead back to it for the same value")
        }
        return program
    }

    /// The index of the node for the subschema at `place`, which is compiled later.
    private mutating func node(at place: SchemaMap.Place) throws(SchemaError) -> Int {
        if let id = ids[place] { return id }
        let id = places.count
        ids[place] = id
        places.append(place)
        program.nodes.append(SchemaNode())
        return id
    }

    private mutating func compileNode(_ id: Int) throws(SchemaError) {
        let place = places[id]
        guard let subschema = map.subschemas[place] else {
            preconditionFailure("every place that is compiled was scanned before")
        }
        program.nodes[id].resource = subschema.resource
        switch subschema.value {
        case .bool(true): program.nodes[id].body = .all
        case .bool(false): program.nodes[id].body = .none
        case .object(let object):
            let source = Source(object: object, place: place, resource: subschema.resource)
            let keywords = try keywords(of: source)
            program.nodes[id].body = keywords.isEmpty ? .all : .keywords(keywords)
            program.nodes[id].notes = keywords.contains(where: \.isUnevaluated)
        case .null, .number, .string, .array:
            throw SchemaError(
                code: .malformed, pointer: place.pointer.text,
                message: "a schema is an object, true or false")
        }
    }

    private mutating func linkDynamicAnchors() throws(SchemaError) {
        for (index, resource) in map.resources.enumerated() {
            if index == program.dynamicAnchors.count { program.dynamicAnchors.append([:]) }
            for (name, place) in resource.dynamicAnchors where dynamicNames.contains(name) {
                program.dynamicAnchors[index][name] = try node(at: place)
            }
        }
    }

    /// A subschema on its way to be compiled.
    struct Source {
        let object: JSONObject
        let place: SchemaMap.Place
        let resource: Int

        /// An error about the value of `keyword`.
        func malformed(_ keyword: String, _ expected: String) -> SchemaError {
            error(.malformed, keyword, "must be \(expected)")
        }

        /// An error about `keyword`.
        func error(_ code: SchemaError.Code, _ keyword: String, _ fault: String) -> SchemaError {
            SchemaError(
                code: code, pointer: place.appending(keyword).pointer.text,
                message: "\(keyword) \(fault)")
        }
    }

    // MARK: Subschemas of a source

    /// The subschema under `keyword`.
    mutating func child(_ keyword: String, of source: Source) throws(SchemaError) -> Int? {
        guard source.object[keyword] != nil else { return nil }
        return try node(at: source.place.appending(keyword))
    }

    /// The subschemas in the list under `keyword`.
    mutating func children(_ keyword: String, of source: Source) throws(SchemaError) -> [Int]? {
        guard let value = source.object[keyword] else { return nil }
        guard let elements = value.array, !elements.isEmpty else {
            throw source.malformed(keyword, "a list of schemas that is not empty")
        }
        let place = source.place.appending(keyword)
        var nodes: [Int] = []
        for index in elements.indices {
            nodes.append(try node(at: place.appending(String(index))))
        }
        return nodes
    }

    /// The subschemas by name under `keyword`.
    mutating func namedChildren(
        _ keyword: String, of source: Source
    ) throws(SchemaError) -> [(name: String, node: Int)]? {
        guard let value = source.object[keyword] else { return nil }
        guard let object = value.object else {
            throw source.malformed(keyword, "an object of schemas")
        }
        let place = source.place.appending(keyword)
        var nodes: [(name: String, node: Int)] = []
        for name in object.keys { nodes.append((name, try node(at: place.appending(name)))) }
        return nodes
    }

    /// What the reference under `keyword` leads to.
    mutating func reference(
        _ keyword: String, of source: Source
    ) throws(SchemaError) -> (node: Int, dynamicAnchor: ExactText?)? {
        guard let value = source.object[keyword] else { return nil }
        guard let text = value.string else { throw source.malformed(keyword, "a URI reference") }
        let target = try map.resolve(
            text, from: source.resource, at: source.place.appending(keyword))
        return (try node(at: target.place), target.dynamicAnchor)
    }

    /// The pattern `text` under `keyword`.
    mutating func pattern(
        _ text: String, _ keyword: String, of source: Source
    ) throws(SchemaError) -> SchemaPattern {
        let pattern: SchemaPattern
        do {
            pattern = try SchemaPattern(text)
        } catch {
            let shown = Excerpt.cut(text, to: SchemaLimits.nameMax)
            throw source.error(.unsupportedPattern, keyword, "\(shown) \(error.message)")
        }
        patternsSize += pattern.size
        guard patternsSize <= SchemaLimits.patternsSizeMax else {
            throw source.error(.tooLarge, keyword, "makes the patterns of the schema too large")
        }
        return pattern
    }

    /// Notes that a dynamic reference looks for `anchor`.
    mutating func lookFor(dynamicAnchor anchor: ExactText) {
        dynamicNames.insert(anchor)
    }
}
