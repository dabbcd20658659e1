/// How the server names itself.
package struct ServerInfo: Sendable, Hashable {
    package var name: String
    package var version: String
    package var title: String?
    package var description: String?
    package var websiteURL: String?
    package var icons: [Icon]

    package init(
        name: String, version: String, title: String? = nil, description: String? = nil,
        websiteURL: String? = nil, icons: [Icon] = []
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.websiteURL = websiteURL
        self.icons = icons
    }
}
