package import JSON

/// Something that can be read by its address.
package struct Resource: Sendable, Hashable {
    package var uri: String
    package var name: String
    package var title: String?
    package var description: String?
    package var mimeType: String?
    /// In bytes.
    package var size: Int?
    package var annotations: ContentAnnotations?
    package var icons: [Icon]
    package var meta: JSONObject?

    package init(
        uri: String, name: String, title: String? = nil, description: String? = nil,
        mimeType: String? = nil, size: Int? = nil, annotations: ContentAnnotations? = nil,
        icons: [Icon] = [], meta: JSONObject? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.size = size
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}

/// A family of resources whose addresses follow a pattern of RFC 6570.
package struct ResourceTemplate: Sendable, Hashable {
    package var uriTemplate: String
    package var name: String
    package var title: String?
    package var description: String?
    package var mimeType: String?
    package var annotations: ContentAnnotations?
    package var icons: [Icon]
    package var meta: JSONObject?

    package init(
        uriTemplate: String, name: String, title: String? = nil, description: String? = nil,
        mimeType: String? = nil, annotations: ContentAnnotations? = nil, icons: [Icon] = [],
        meta: JSONObject? = nil
    ) {
        self.uriTemplate = uriTemplate
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}

/// What reading a resource gave.
package struct ResourceContents: Sendable, Hashable {
    /// Text, or bytes in base64.
    package enum Body: Sendable, Hashable {
        case text(String)
        case blob(String)
    }

    package var uri: String
    package var mimeType: String?
    package var body: Body
    package var meta: JSONObject?

    package init(uri: String, mimeType: String? = nil, body: Body, meta: JSONObject? = nil) {
        self.uri = uri
        self.mimeType = mimeType
        self.body = body
        self.meta = meta
    }
}

/// The answer to reading one resource: one or several contents.
package struct ResourceReading: Sendable, Hashable {
    package var contents: [ResourceContents]
    package var cache: CacheHint

    package init(_ contents: [ResourceContents], cache: CacheHint = .none) {
        self.contents = contents
        self.cache = cache
    }
}
