private import JSON
internal import MCP

/// Content that several parts of the fixture answer with.
enum Samples {
    /// A PNG of one red pixel, in base64.
    static let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"

    /// A WAV of four silent samples, in base64.
    static let wav = "UklGRigAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQQAAACAgICA"

    static let image = Content.image(data: png, mimeType: "image/png")
    static let audio = Content.audio(data: wav, mimeType: "audio/wav")

    /// An embedded resource with a text.
    static func embedded(_ uri: String, _ mimeType: String, _ text: String) -> Content {
        .embedded(ResourceContents(uri: uri, mimeType: mimeType, body: .text(text)))
    }
}
