internal import Intake
internal import JSON
internal import MCP
internal import Redaction

/// One argument that is not as it must be.
struct ArgumentFault: Sendable, Hashable {
    /// The JSON pointer (RFC 6901) of the argument, as in `/options/timeout`.
    let path: String
    /// A phrase to follow the path: `must be a whole number`.
    let expectation: String
    /// What was found; nil when nothing was.
    var value: JSONValue?
    /// The only values that are taken, when they can be listed.
    var allowed: [JSONValue]?

    init(
        _ path: String, _ expectation: String, value: JSONValue? = nil,
        allowed: [JSONValue]? = nil
    ) {
        self.path = BoundedText.line(path, max: Self.pathMax)
        self.expectation = BoundedText.line(expectation, max: Self.expectationMax)
        self.value = value
        self.allowed = allowed
    }

    /// The longest path, in characters.
    private static let pathMax = 200
    /// The longest expectation, in characters; some list the known names.
    private static let expectationMax = 600
    /// The longest value that is given back, in bytes of JSON.
    private static let valueBytesMax = 200

    /// For a person or a model; the value is left to ``json(_:)``, which masks it.
    var sentence: String { "'\(path)' \(expectation)." }

    /// `{path, expectation, value, allowed_values}`, the value masked and cut.
    func json(_ redactor: Redactor) -> JSONValue {
        var object: JSONObject = ["path": .string(path), "expectation": .string(expectation)]
        object["value"] = value.map { shown($0, redactor) }
        object["allowed_values"] = allowed.map { .array($0) }
        return .object(object)
    }

    private func shown(_ value: JSONValue, _ redactor: Redactor) -> JSONValue {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let masked = SecretArguments.split([name: value], redactor).shown[name] ?? value
        let text = masked.serialized()
        guard text.utf8.count > Self.valueBytesMax else { return masked }
        return .string(BoundedText.line(text, max: Self.valueBytesMax))
    }
}

extension ArgumentFault {
    /// What the check against a tool's schema found.
    init(_ problem: SchemaProblem) {
        guard let name = problem.missing else {
            self.init(
                problem.path, problem.expectation, value: problem.value, allowed: problem.allowed)
            return
        }
        let escaped = name.split(separator: "~", omittingEmptySubsequences: false)
            .joined(separator: "~0").split(separator: "/", omittingEmptySubsequences: false)
            .joined(separator: "~1")
        self.init("\(problem.path)/\(escaped)", "is missing and must be given")
    }
}
