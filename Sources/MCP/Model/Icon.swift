/// A picture that a client may show beside a name.
package struct Icon: Sendable, Hashable {
    /// For which background the picture is drawn.
    package enum Theme: String, Sendable, Hashable {
        case light, dark
    }

    /// An `https:` or `data:` address.
    package var source: String
    package var mimeType: String?
    /// For example `48x48` or `any`.
    package var sizes: [String]
    package var theme: Theme?

    package init(
        source: String, mimeType: String? = nil, sizes: [String] = [], theme: Theme? = nil
    ) {
        self.source = source
        self.mimeType = mimeType
        self.sizes = sizes
        self.theme = theme
    }
}
