package import JSON
package import Jobs

/// Checks the arguments of an operation against its parameters.
///
/// Komodo ignores fields that it does not know, so whatever is misspelt here would silently do
/// nothing there.
package enum OperationArguments {
    /// Reads arguments written as `name=value`.
    ///
    /// - Throws: ``IntakeError`` `VALIDATION_ERROR` naming the argument and what is expected.
    package static func parse(
        _ pairs: [String], for operation: JobOperation
    ) throws(IntakeError) -> JSONObject {
        var arguments = JSONObject()
        for pair in pairs {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw IntakeError(
                    .validationError, "'\(pair)' is no argument; write it as name=value.")
            }
            let name = String(pair[..<equals])
            let parameter = try parameter(name, of: operation)
            guard arguments[name] == nil else {
                throw IntakeError(.validationError, "The argument '\(name)' is given twice.")
            }
            arguments[name] = try value(
                String(pair[pair.index(after: equals)...]), for: parameter)
        }
        return try checked(arguments, for: operation)
    }

    /// Checks arguments that have their JSON types already.
    ///
    /// - Throws: ``IntakeError`` `VALIDATION_ERROR`.
    package static func checked(
        _ arguments: JSONObject, for operation: JobOperation
    ) throws(IntakeError) -> JSONObject {
        for member in arguments.members {
            let parameter = try parameter(member.key, of: operation)
            guard parameter.accepts(member.value) else {
                throw IntakeError(
                    .validationError,
                    "The argument '\(member.key)' must be \(parameter.expectation); it is "
                        + "\(member.value.serialized().prefix(80)).")
            }
        }
        for parameter in operation.spec.parameters
        where parameter.isRequired && arguments[parameter.name] == nil {
            throw IntakeError(
                .validationError,
                "\(operation.rawValue) needs --arg \(parameter.name)=…: \(parameter.summary).")
        }
        return arguments
    }

    private static func parameter(
        _ name: String, of operation: JobOperation
    ) throws(IntakeError) -> OperationParameter {
        let parameters = operation.spec.parameters
        if let match = parameters.first(where: { $0.name == name }) { return match }
        let names = parameters.map(\.name).joined(separator: ", ")
        throw IntakeError(
            .unsupportedOption,
            parameters.isEmpty
                ? "\(operation.rawValue) takes no arguments; '\(name)' is not known."
                : "\(operation.rawValue) has no argument '\(name)'; it takes \(names).")
    }

    private static func value(
        _ text: String, for parameter: OperationParameter
    ) throws(IntakeError) -> JSONValue {
        switch parameter.kind {
        case .string, .oneOf: return .string(text)
        case .integer:
            guard let number = Int64(text) else { throw wrong(text, parameter) }
            return .int(number)
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "1": return true
            case "false", "no", "0": return false
            default: throw wrong(text, parameter)
            }
        case .strings:
            let names = text.split(separator: ",").map(\.trimmingSpaces)
            // Komodo takes an empty list for all of them, which nobody means who writes one.
            guard !names.isEmpty else { throw wrong(text, parameter) }
            return .array(names.map { .string($0) })
        case .object:
            do {
                let value = try JSONValue(parsing: text)
                guard value.object != nil else { throw wrong(text, parameter) }
                return value
            } catch {
                throw wrong(text, parameter)
            }
        }
    }

    private static func wrong(_ text: String, _ parameter: OperationParameter) -> IntakeError {
        IntakeError(
            .validationError,
            "The argument '\(parameter.name)' must be \(parameter.expectation); "
                + "'\(text.prefix(80))' is not.")
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension OperationParameter {
    /// Whether Komodo takes `value` for this parameter.
    func accepts(_ value: JSONValue) -> Bool {
        if isDockerName {
            let names = value.array ?? [value]
            guard names.allSatisfy({ $0.string.map(DockerName.isValid) ?? false }) else {
                return false
            }
        }
        return switch kind {
        case .string: value.string?.isEmpty == false
        case .integer: value.int != nil
        case .boolean: value.bool != nil
        case .strings: value.array?.allSatisfy { $0.string?.isEmpty == false } ?? false
        case .object: value.object != nil
        case .oneOf(let words): value.string.map(words.contains) ?? false
        }
    }

    /// What is expected, for error messages.
    var expectation: String {
        switch kind {
        case .string where isDockerName: "a text of \(DockerName.expectation)"
        case .strings where isDockerName: "a list of names of \(DockerName.expectation)"
        case .string: "a text"
        case .integer: "a whole number"
        case .boolean: "true or false"
        case .strings: "a list of names"
        case .object: "a JSON object"
        case .oneOf(let words): "one of \(words.joined(separator: ", "))"
        }
    }
}
