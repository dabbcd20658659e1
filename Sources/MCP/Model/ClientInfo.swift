internal import JSON

/// How a client names itself; nothing in it is verified.
package struct ClientInfo: Sendable, Hashable {
    package var name: String
    package var version: String?

    package init(name: String, version: String? = nil) {
        self.name = name
        self.version = version
    }

    /// Reads an `Implementation` object; nil without a name.
    ///
    /// Texts are cut to 200 characters.
    init?(_ value: JSONValue?) {
        guard let name = value?["name"]?.string else { return nil }
        self.name = name.cut(to: 200)
        version = value?["version"]?.string?.cut(to: 200)
    }
}
