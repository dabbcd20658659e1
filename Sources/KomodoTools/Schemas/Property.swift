internal import JSON

/// One property of an object in a JSON Schema.
struct Property: Sendable {
    let name: String
    var schema: JSONObject
    var isRequired = false

    private init(_ name: String, _ type: String, _ description: String) {
        self.init(name, schema: ["type": .string(type)], description)
    }

    private init(_ name: String, schema: JSONObject, _ description: String?) {
        self.name = name
        self.schema = schema
        self.schema["description"] = description.map { .string($0) }
    }

    /// A text of at most `lengthMax` characters.
    static func text(
        _ name: String, _ description: String, example: String, pattern: String? = nil,
        length: ClosedRange<Int>? = nil, format: String? = nil
    ) -> Property {
        var property = Property(name, "string", description)
        property.schema["format"] = format.map { .string($0) }
        property.schema["pattern"] = pattern.map { .string($0) }
        property.schema["minLength"] = length.map { .int($0.lowerBound) }
        property.schema["maxLength"] = length.map { .int($0.upperBound) }
        property.schema["examples"] = [.string(example)]
        return property
    }

    /// One of several words.
    static func choice(
        _ name: String, _ description: String, _ words: [String], default word: String? = nil
    ) -> Property {
        var property = Property(name, "string", description)
        property.schema["enum"] = .array(words.map { .string($0) })
        property.schema["default"] = word.map { .string($0) }
        property.schema["examples"] = .array(words.prefix(1).map { .string($0) })
        return property
    }

    /// A whole number.
    static func integer(
        _ name: String, _ description: String, in range: ClosedRange<Int>? = nil,
        default number: Int? = nil, example: Int
    ) -> Property {
        var property = Property(name, "integer", description)
        property.schema["minimum"] = range.map { .int($0.lowerBound) }
        property.schema["maximum"] = range.map { .int($0.upperBound) }
        property.schema["default"] = number.map { .int($0) }
        property.schema["examples"] = [.int(example)]
        return property
    }

    /// A Boolean.
    static func flag(
        _ name: String, _ description: String, default value: Bool? = nil, example: Bool? = nil
    ) -> Property {
        var property = Property(name, "boolean", description)
        property.schema["default"] = value.map { .bool($0) }
        property.schema["examples"] = [.bool(example ?? !(value ?? false))]
        return property
    }

    /// An object with these properties and no others unless it `isOpen`.
    static func object(
        _ name: String, _ description: String, _ properties: [Property], isOpen: Bool = false,
        example: JSONValue? = nil
    ) -> Property {
        var property = Property(name, "object", description)
        for member in Schema.object(properties, isOpen: isOpen).object?.members ?? []
        where member.key != "type" {
            property.schema[member.key] = member.value
        }
        property.schema["examples"] = example.map { [$0] }
        return property
    }

    /// An object with any keys, whose values fit `values`.
    static func map(
        _ name: String, _ description: String, values: JSONValue, sizeMax: Int,
        example: JSONValue
    ) -> Property {
        var property = Property(name, "object", description)
        property.schema["additionalProperties"] = values
        property.schema["maxProperties"] = .int(sizeMax)
        property.schema["examples"] = [example]
        return property
    }

    /// A list of values that fit `items`.
    static func list(
        _ name: String, _ description: String, of items: JSONValue, example: JSONValue? = nil
    ) -> Property {
        var property = Property(name, "array", description)
        property.schema["items"] = items
        property.schema["examples"] = example.map { [$0] }
        return property
    }

    /// The same property, which must be there.
    var required: Property {
        var property = self
        property.isRequired = true
        return property
    }

    /// A member of a result.
    ///
    /// Its name says what it is; a note is for what the name cannot say, for every list of tools
    /// carries it.
    static func field(_ name: String, _ shape: ResultShape, _ note: String? = nil) -> Property {
        Property(name, schema: shape.schema, note)
    }
}

extension [Property] {
    /// Members of a result that are made of the same.
    static func fields(_ shape: ResultShape, _ names: String...) -> [Property] {
        names.map { .field($0, shape) }
    }

    /// The same members, which lists of tools leave out: they are checked and not told.
    var extra: [Property] {
        map { property in
            var extra = property
            extra.schema["$comment"] = Schema.extra
            return extra
        }
    }
}

/// JSON Schemas of objects.
enum Schema {
    /// What marks a property that is left out of ``usual(_:)``.
    static let extra: JSONValue = "extra"

    /// `schema` without the members that are marked as extra, at any depth.
    static func usual(_ schema: JSONValue) -> JSONValue {
        switch schema {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.filter { $0.value["$comment"] != extra }
                        .map { ($0.key, usual($0.value)) }))
        case .array(let items): .array(items.map(usual))
        case .null, .bool, .number, .string: schema
        }
    }

    /// An object with these properties; arguments take no others, results may gain some.
    static func object(_ properties: [Property], isOpen: Bool = false) -> JSONValue {
        var schema: JSONObject = ["type": "object"]
        schema["properties"] = .object(
            JSONObject(properties.map { ($0.name, .object($0.schema)) }))
        let required = properties.filter(\.isRequired).map(\.name)
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        if !isOpen { schema["additionalProperties"] = false }
        return .object(schema)
    }
}
