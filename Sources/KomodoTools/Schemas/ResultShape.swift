internal import JSON

/// What a member of a result is made of.
enum ResultShape: Sendable {
    case text
    /// ISO 8601 in UTC with milliseconds.
    case moment
    /// A whole number.
    case count
    case number
    case flag
    /// One of these.
    case word([String])
    case texts
    /// An object with any names and texts as values.
    case textMap
    /// A list of anything.
    case list
    /// An object with these members, which may gain some.
    case object([Property])
    /// A list of such objects.
    case objects([Property])
    /// An object with any members.
    case anything
    /// An object with any names and counts as values.
    case counts

    /// The schema, without a description.
    var schema: JSONObject {
        switch self {
        case .text: ["type": "string"]
        case .moment: ["type": "string", "format": "date-time"]
        case .count: ["type": "integer"]
        case .number: ["type": "number"]
        case .flag: ["type": "boolean"]
        case .word(let words):
            ["type": "string", "enum": .array(words.map { .string($0) })]
        case .texts: ["type": "array", "items": ["type": "string"]]
        case .textMap: ["type": "object", "additionalProperties": ["type": "string"]]
        case .list: ["type": "array"]
        case .object(let properties): Schema.result(properties)
        case .objects(let properties):
            ["type": "array", "items": .object(Schema.result(properties))]
        case .anything: ["type": "object"]
        case .counts:
            ["type": "object", "additionalProperties": ["type": "integer"]]
        }
    }
}

extension Schema {
    fileprivate static func result(_ properties: [Property]) -> JSONObject {
        object(properties, isOpen: true).object ?? [:]
    }
}
