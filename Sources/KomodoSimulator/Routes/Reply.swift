internal import HTTPTypes
internal import JSON
internal import NIOCore

/// An HTTP answer before faults are applied to it; also thrown to refuse a request.
struct Reply: Error, Sendable {
    var status: Int
    var contentType: String?
    var body: ByteBuffer
    var fields = HTTPFields()

    init(status: Int, contentType: String?, body: String) {
        self.status = status
        self.contentType = contentType
        self.body = ByteBuffer(string: body)
    }

    /// A JSON answer.
    static func json(_ value: JSONValue, status: Int = 200) -> Reply {
        Reply(status: status, contentType: "application/json", body: value.serialized())
    }

    /// A text answer.
    static func text(_ text: String) -> Reply {
        Reply(status: 200, contentType: "text/plain; charset=utf-8", body: text)
    }

    /// Core's `{error, trace}`.
    static func error(_ status: Int, _ message: String, trace: [String] = []) -> Reply {
        .json(
            [
                "error": .string(message), "trace": .array(trace.map { .string($0) }),
            ], status: status)
    }

    /// An HTML page, as a proxy or Core's static files answer.
    static func html(_ status: Int, title: String) -> Reply {
        Reply(
            status: status, contentType: "text/html; charset=utf-8",
            body: "<!DOCTYPE html>\n<html><head><title>\(title)</title></head>"
                + "<body><h1>\(title)</h1></body></html>\n")
    }

    /// An answer without a body.
    static func empty(_ status: Int) -> Reply {
        Reply(status: status, contentType: nil, body: "")
    }
}
