internal import JSON

/// What Core knows about one execute request.
struct ExecutionSpec: Sendable {
    /// The request type, and the operation of the update unless services are named.
    let name: String
    let kind: ResourceKind
    /// The parameter that names the target.
    let field: String
    var fields: [ParameterField]
    /// The flag of the action state that is set while it runs.
    var state: String?
    /// How long it takes, in milliseconds before scaling.
    var duration: ClosedRange<Int> = 500...1500
    /// Whether it exists since 2.3 only.
    var needsTwoThree = false

    /// Whether naming services turns the operation into `…Service`.
    var hasServices: Bool { fields.contains { $0.name == "services" } }

    /// The verb of the request without its resource, as in `Start` of `StartStack`.
    var verb: String {
        var suffix = kind.rawValue
        if kind == .server { suffix = name.hasSuffix("Containers") ? "Containers" : "Container" }
        return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    }
}

/// A request that runs another one for every resource that matches a pattern.
struct BatchSpec: Sendable {
    let name: String
    let single: String
    let kind: ResourceKind
}
