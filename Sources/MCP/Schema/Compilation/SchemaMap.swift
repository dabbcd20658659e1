internal import JSON

/// Where the subschemas, resources and anchors of the documents are.
struct SchemaMap {
    /// A place in one of the documents.
    struct Place: Hashable {
        let document: Int
        let pointer: ExactText

        /// The place one name further.
        func appending(_ name: String) -> Place {
            Place(
                document: document,
                pointer: ExactText(pointer.text + "/" + JSONPointer.escaped(name)))
        }
    }

    /// A document, or what stands below an `$id`.
    struct Resource {
        let base: URIReference
        let root: Place
        var anchors: [ExactText: Place] = [:]
        var dynamicAnchors: [ExactText: Place] = [:]
    }

    /// A subschema with the resource that it belongs to.
    struct Subschema {
        let value: JSONValue
        let resource: Int
    }

    private(set) var resources: [Resource] = []
    private(set) var subschemas: [Place: Subschema] = [:]
    private var documents: [JSONValue] = []
    private var resourceOfURI: [ExactText: Int] = [:]

    /// Adds a document that stands at `uri`.
    ///
    /// - Returns: its root.
    mutating func add(_ document: JSONValue, at uri: String) throws(SchemaError) -> Place {
        documents.append(document)
        let root = Place(document: documents.count - 1, pointer: ExactText(""))
        let resource = addResource(base: URIReference(uri), root: root)
        try scan(document, at: root, resource: resource, depth: 0)
        return root
    }

    /// The place that `reference` leads to from a subschema of `resource`, with the name of the
    /// dynamic anchor when it leads to one.
    mutating func resolve(
        _ reference: String, from resource: Int, at place: Place
    ) throws(SchemaError) -> (place: Place, dynamicAnchor: ExactText?) {
        let target = URIReference(reference).resolved(against: resources[resource].base)
        let unresolved = SchemaError(
            code: .unresolvedReference, pointer: place.pointer.text,
            message: "the reference \(Excerpt.quoted(reference, limit: SchemaLimits.nameMax)) "
                + "leads to nothing in this schema, and nothing is fetched")
        guard let found = resourceOfURI[ExactText(target.document)],
            let fragment = target.decodedFragment
        else { throw unresolved }
        let home = resources[found]
        if fragment.isEmpty { return (home.root, nil) }
        if !fragment.utf8.starts(with: "/".utf8) {
            let name = ExactText(fragment)
            if let place = home.dynamicAnchors[name] { return (place, name) }
            guard let place = home.anchors[name] else { throw unresolved }
            return (place, nil)
        }
        let pointer = ExactText(home.root.pointer.text + fragment)
        let goal = Place(document: home.root.document, pointer: pointer)
        if subschemas[goal] == nil {
            // A subschema under a keyword that is not known, such as `definitions`.
            guard
                let value = JSONPointer.value(at: pointer.text, in: documents[goal.document])
            else { throw unresolved }
            try scan(value, at: goal, resource: found, depth: 0)
        }
        return (goal, nil)
    }

    private mutating func addResource(base: URIReference, root: Place) -> Int {
        resources.append(Resource(base: base, root: root))
        resourceOfURI[ExactText(base.document)] = resources.count - 1
        return resources.count - 1
    }

    private mutating func scan(
        _ value: JSONValue, at place: Place, resource: Int, depth: Int
    ) throws(SchemaError) {
        guard depth <= SchemaLimits.schemaDepthMax else {
            throw SchemaError(
                code: .tooLarge, pointer: place.pointer.text,
                message: "it nests deeper than \(SchemaLimits.schemaDepthMax) subschemas")
        }
        guard place.pointer.text.utf8.count <= SchemaLimits.pointerBytesMax else {
            throw SchemaError(
                code: .tooLarge,
                pointer: Excerpt.cut(place.pointer.text, to: SchemaLimits.nameMax),
                message: "its names are too long")
        }
        guard subschemas.count < SchemaLimits.subschemasMax else {
            throw SchemaError(
                code: .tooLarge, pointer: place.pointer.text,
                message: "it has more than \(SchemaLimits.subschemasMax) subschemas")
        }
        guard case .object(let object) = value else {
            subschemas[place] = Subschema(value: value, resource: resource)
            return
        }
        let resource = try identify(object, at: place, within: resource)
        subschemas[place] = Subschema(value: value, resource: resource)
        for member in object.members {
            guard let shape = Shape.ofKeyword[member.key] else { continue }
            let place = place.appending(member.key)
            switch (shape, member.value) {
            case (.one, let value):
                try scan(value, at: place, resource: resource, depth: depth + 1)
            case (.list, .array(let elements)):
                for (index, element) in elements.enumerated() {
                    let place = place.appending(String(index))
                    try scan(element, at: place, resource: resource, depth: depth + 1)
                }
            case (.named, .object(let object)):
                for member in object.members {
                    let place = place.appending(member.key)
                    try scan(member.value, at: place, resource: resource, depth: depth + 1)
                }
            case (.list, _), (.named, _):
                // The compiler tells what is wrong with the keyword.
                continue
            }
        }
    }

    /// Notes the identifiers of a subschema and tells the resource that it belongs to.
    private mutating func identify(
        _ object: JSONObject, at place: Place, within resource: Int
    ) throws(SchemaError) -> Int {
        try checkDialect(object, at: place)
        var resource = resource
        if let id = try text(of: "$id", in: object, at: place) {
            let reference = URIReference(id)
            guard (reference.fragment ?? "").isEmpty else {
                throw malformed("$id", at: place, "must have no fragment")
            }
            let base = reference.resolved(against: resources[resource].base)
            if let other = resourceOfURI[ExactText(base.document)],
                resources[other].root != place
            {
                throw malformed("$id", at: place, "names a URI that another subschema has")
            }
            resource = addResource(base: base, root: place)
        }
        if let anchor = try anchor(of: "$anchor", in: object, at: place, resource) {
            resources[resource].anchors[anchor] = place
        }
        if let anchor = try anchor(of: "$dynamicAnchor", in: object, at: place, resource) {
            resources[resource].dynamicAnchors[anchor] = place
        }
        return resource
    }

    private func checkDialect(_ object: JSONObject, at place: Place) throws(SchemaError) {
        guard let dialect = try text(of: "$schema", in: object, at: place) else { return }
        var name = URIReference(dialect)
        if name.fragment?.isEmpty == true { name.fragment = nil }
        guard name.fragment == nil, name.document == Self.dialect else {
            throw SchemaError(
                code: .unsupportedDialect, pointer: place.pointer.text,
                message: "$schema is \(Excerpt.quoted(dialect, limit: SchemaLimits.nameMax)); "
                    + "only \(Self.dialect) is supported")
        }
    }

    private static let dialect = "https://json-schema.org/draft/2020-12/schema"

    private func anchor(
        of keyword: String, in object: JSONObject, at place: Place, _ resource: Int
    ) throws(SchemaError) -> ExactText? {
        guard let name = try text(of: keyword, in: object, at: place) else { return nil }
        let isFirst = name.utf8.first.map { $0.isASCIILetter || $0 == UInt8(ascii: "_") } ?? false
        let marks = "_-.".utf8
        guard isFirst,
            name.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || marks.contains($0) })
        else {
            throw malformed(
                keyword, at: place,
                "must begin with a letter or _ and go on with letters, digits, points, - and _")
        }
        let exact = ExactText(name)
        let home = resources[resource]
        if let other = home.anchors[exact] ?? home.dynamicAnchors[exact], other != place {
            throw malformed(keyword, at: place, "names an anchor that another subschema has")
        }
        return exact
    }

    private func text(
        of keyword: String, in object: JSONObject, at place: Place
    ) throws(SchemaError) -> String? {
        guard let value = object[keyword] else { return nil }
        guard let text = value.string else { throw malformed(keyword, at: place, "must be a text") }
        return text
    }

    private func malformed(_ keyword: String, at place: Place, _ fault: String) -> SchemaError {
        SchemaError(
            code: .malformed, pointer: place.appending(keyword).pointer.text,
            message: "\(keyword) \(fault)")
    }

    /// How a keyword holds subschemas.
    private enum Shape {
        case one, list, named

        static let ofKeyword: [String: Shape] = [
            "additionalProperties": .one, "contains": .one, "contentSchema": .one,
            "else": .one, "if": .one, "items": .one, "not": .one, "propertyNames": .one,
            "then": .one, "unevaluatedItems": .one, "unevaluatedProperties": .one,
            "allOf": .list, "anyOf": .list, "oneOf": .list, "prefixItems": .list,
            "$defs": .named, "dependentSchemas": .named, "patternProperties": .named,
            "properties": .named,
        ]
    }
}
