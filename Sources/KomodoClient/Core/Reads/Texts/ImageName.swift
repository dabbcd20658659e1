/// Names of container images.
enum ImageName {
    /// The tag of `registry.example.com:5000/app:1.2@sha256:…`, here `1.2`; nil without one.
    static func tag(_ image: String) -> String? {
        let name = image.prefix { $0 != "@" }
        let last = name.split(separator: "/", omittingEmptySubsequences: false).last ?? name
        guard let colon = last.firstIndex(of: ":") else { return nil }
        let tag = last[last.index(after: colon)...]
        return tag.isEmpty ? nil : String(tag)
    }
}
