package import JSON
private import JobStore
package import Redaction

/// Takes argument values out that must not be read back.
package enum SecretArguments {
    /// Splits arguments into what may be shown and what would be masked on its way out.
    ///
    /// A value goes aside as a whole when any part of it would be masked.
    package static func split(
        _ arguments: JSONObject, _ redactor: Redactor
    ) -> (shown: JSONObject, secrets: JSONObject) {
        let mask = ValueMask(redactor, strips: false)
        var shown = JSONObject()
        var secrets = JSONObject()
        for member in arguments.members {
            if isClean([member.key: member.value], mask, redactor) {
                shown[member.key] = member.value
            } else {
                shown[member.key] = .string(redactedArgument)
                secrets[member.key] = member.value
            }
        }
        return (shown, secrets)
    }

    private static func isClean(
        _ argument: JSONObject, _ mask: ValueMask, _ redactor: Redactor
    ) -> Bool {
        let text = JSONValue.object(argument).serialized()
        return mask.settings(argument) == argument && redactor.redact(text) == text
    }
}
