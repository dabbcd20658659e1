package import JSON
private import JobStore
package import Redaction

/// Takes argument values out that must not be read back.
package enum SecretArguments {
    /// Splits arguments into what may be shown and what the redactor would mask.
    ///
    /// A value goes aside as a whole when any part of it would be masked.
    package static func split(
        _ arguments: JSONObject, _ redactor: Redactor
    ) -> (shown: JSONObject, secrets: JSONObject) {
        var shown = JSONObject()
        var secrets = JSONObject()
        for member in arguments.members {
            let text = JSONValue.object([member.key: member.value]).serialized()
            if redactor.redact(text) == text {
                shown[member.key] = member.value
            } else {
                shown[member.key] = .string(redactedArgument)
                secrets[member.key] = member.value
            }
        }
        return (shown, secrets)
    }
}
