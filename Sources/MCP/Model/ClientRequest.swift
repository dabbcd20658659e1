package import JSON

/// Something that only the client can answer.
package enum ClientRequest: Sendable, Hashable {
    /// A form for the user.
    case form(ElicitationForm)
    /// An address that the user is to open; `id` names the interaction for 2025-11-25.
    case url(message: String, url: String, id: String)
    /// A completion by the client's model: the parameters of `sampling/createMessage`.
    case sampling(JSONObject)
    /// The roots of the client's workspace.
    case roots
}

/// A form: a sentence and a flat schema of texts, numbers, Booleans and choices.
package struct ElicitationForm: Sendable, Hashable {
    package var message: String
    /// `{"type":"object","properties":{…},"required":[…]}` with primitive properties.
    package var schema: JSONValue

    package init(message: String, schema: JSONValue) {
        self.message = message
        self.schema = schema
    }
}

/// What the client answered to a ``ClientRequest``.
package enum ClientAnswer: Sendable, Hashable {
    /// To a form or an address.
    case elicitation(ElicitationAnswer)
    /// The result of `sampling/createMessage`: `role`, `content`, `model`.
    case sampling(JSONObject)
    case roots([Root])

    /// The user's answer, when this is one.
    package var elicitation: ElicitationAnswer? {
        guard case .elicitation(let answer) = self else { return nil }
        return answer
    }
}

/// What the user did with a form or an address.
package enum ElicitationAnswer: Sendable, Hashable {
    /// Accepted; the content fits the form's schema and is empty for an address.
    case accepted(JSONObject)
    case declined
    /// Closed without a choice.
    case cancelled
}

/// A folder or address that the client works on.
package struct Root: Sendable, Hashable {
    package var uri: String
    package var name: String?

    package init(uri: String, name: String? = nil) {
        self.uri = uri
        self.name = name
    }
}
