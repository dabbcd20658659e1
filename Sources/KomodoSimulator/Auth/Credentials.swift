internal import HTTPTypes

/// What a request shows to say who it is from.
struct Credentials: Sendable {
    var authorization: String?
    var key: String?
    var secret: String?
    /// The address that failures count for.
    var address: String

    init(key: String?, secret: String?, address: String) {
        self.key = key
        self.secret = secret
        self.address = address
    }

    /// The credentials of HTTP fields; a proxy's address header wins over the socket's.
    init(_ fields: HTTPFields, socketAddress: String) {
        authorization = fields[.authorization]
        key = Self.field("X-Api-Key", in: fields)
        secret = Self.field("X-Api-Secret", in: fields)
        let forwarded = Self.field("X-Forwarded-For", in: fields)?.split(separator: ",").first
        address =
            forwarded.map { $0.filter { $0 != " " } } ?? Self.field("X-Real-IP", in: fields)
            ?? socketAddress
    }

    private static func field(_ name: String, in fields: HTTPFields) -> String? {
        HTTPField.Name(name).flatMap { fields[$0] }
    }
}
