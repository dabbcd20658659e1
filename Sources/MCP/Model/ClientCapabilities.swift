package import JSON

/// What a client declared that it can do, for the session or for one request.
package struct ClientCapabilities: Sendable, Hashable {
    /// The object as the client sent it.
    package let json: JSONObject

    package init(_ json: JSONObject = [:]) {
        self.json = json
    }

    /// Whether forms can be put to the user; a bare `elicitation: {}` means forms.
    package var elicitsForms: Bool {
        guard let modes = json["elicitation"]?.object else { return false }
        return modes["form"]?.object != nil || modes["url"] == nil
    }

    /// Whether the user can be sent to an address.
    package var elicitsURLs: Bool { json["elicitation"]?["url"]?.object != nil }

    /// Whether a model can be asked for a completion.
    package var samples: Bool { json["sampling"]?.object != nil }

    /// Whether the roots of the workspace can be listed.
    package var listsRoots: Bool { json["roots"]?.object != nil }

    /// Whether the tasks extension is understood.
    package var understandsTasks: Bool { supportsExtension(ExtensionTasks.identifier) }

    /// Whether the extension `identifier` was declared.
    package func supportsExtension(_ identifier: String) -> Bool {
        json["extensions"]?[identifier]?.object != nil
    }
}
