package import JSON
package import Jobs
private import KomodoClient

/// Reads arguments for the signed interface of Komodo, where most of them are options.
package enum SignedArguments {
    /// Reads arguments written as `name=value`.
    ///
    /// Names of options go into `options`; `variables`, `payload` and `args` are JSON objects.
    ///
    /// - Throws: ``IntakeError`` `VALIDATION_ERROR` or `UNSUPPORTED_OPTION`.
    package static func parse(
        _ pairs: [String], for operation: JobOperation
    ) throws(IntakeError) -> JSONObject {
        var arguments = JSONObject()
        var options = JSONObject()
        for pair in pairs {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw IntakeError(
                    .validationError, "'\(pair)' is no argument; write it as name=value.")
            }
            let name = String(pair[..<equals])
            let text = String(pair[pair.index(after: equals)...])
            guard arguments[name] == nil, options[name] == nil else {
                throw IntakeError(.validationError, "The argument '\(name)' is given twice.")
            }
            if objects.contains(name) {
                arguments[name] = try object(name, text)
            } else {
                options[name] = value(of: name, text)
            }
        }
        if !options.isEmpty { arguments["options"] = .object(options) }
        if let fault = SignedOptions.fault(in: arguments, for: operation) {
            throw IntakeError(fault)
        }
        return arguments
    }

    private static let objects = ["variables", "payload", "args"]

    /// The value in the type that its text has; what does not fit is refused afterwards.
    private static func value(of name: String, _ text: String) -> JSONValue {
        switch text.lowercased() {
        // A branch may be called true.
        case _ where name == "branch": .string(text)
        case "true", "yes": true
        case "false", "no": false
        default: Int64(text).map { .int($0) } ?? .string(text)
        }
    }

    private static func object(
        _ name: String, _ text: String
    ) throws(IntakeError) -> JSONValue {
        // What is not JSON is refused like JSON that is no object.
        guard let value = try? JSONValue(parsing: text), value.object != nil else {
            throw IntakeError(
                .validationError, "The argument '\(name)' must be a JSON object.")
        }
        return value
    }
}
