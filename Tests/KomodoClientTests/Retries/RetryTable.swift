import ScriptedHTTP

@testable import KomodoClient

/// Every rule of what is tried again, in both dialects.
///
/// Reads of the signed interface are repeated on any 5xx and any failure of the network. Core
/// answers nearly everything with 500, so its reads are repeated on 502, 503, 504 and the texts
/// that pass by themselves. A submission is never repeated by the client: what was provably not
/// delivered says so, and everything after the first byte of the body is ambiguous.
enum RetryTable {
    static let rows: [RetryRow] =
        reads(of: .core, core) + reads(of: .signed, signed)
        + [KomodoDialect.core, .signed].flatMap { reads(of: $0, broken) }
        + submissions(to: .core, sentToCore) + submissions(to: .signed, sentSigned)
        + [KomodoDialect.core, .signed].flatMap { submissions(to: $0, lost) }

    // MARK: Reads

    private static let core: [(Reaction, Expectation)] = [
        (.answers(502, "<html>Bad Gateway</html>"), .repeated("unreachable")),
        (.answers(503), .repeated("unreachable")),
        (.answers(503, "down for maintenance"), .repeated("unreachable")),
        (.answers(504), .repeated("timed out")),
        (.core(401, "Failed to query db"), .repeated("fault")),
        (.core(500, "Failed to query db"), .repeated("fault")),
        (.core(500, "Server is not connected"), .repeated("fault")),
        (.core(500, "Server a is not currently connected"), .repeated("fault")),
        (.core(500, "Timed out waiting for message."), .repeated("fault")),
        (.core(500, "Did not find any Deployment matching web"), .once("not found")),
        (.core(500, "did not find any Deployment matching web"), .once("not found")),
        (
            .answers(500, #"{"error":"failed","trace":["no update exists with given id"]}"#),
            .once("not found")
        ),
        (.core(500, "User does not have required permissions on this Stack"), .once("forbidden")),
        (.core(500, "Cannot find Deployment with empty name / id"), .once("invalid")),
        (.core(500, "something else"), .once("fault")), (.answers(500), .once("fault")),
        (.answers(501), .once("fault")), (.answers(302), .once("invalid")),
        (.core(400, "bad"), .once("invalid")),
        (.core(401, "Invalid user credentials"), .once("unauthorized")),
        (.answers(401, "<html>login</html>"), .once("unauthorized")),
        (.core(403, "This method is admin only."), .once("forbidden")),
        (.answers(404, "<html>Not Found</html>"), .once("invalid")),
        (.core(404, "no such key"), .once("not found")), (.answers(405), .once("invalid")),
        (.answers(408), .once("timed out")), (.core(409, "busy"), .once("invalid")),
        (.answers(422, "Failed to deserialize the JSON body"), .once("invalid")),
        (.core(429, "Too many attempts | Try again in 12s"), .once("throttled")),
        (.answers(429), .once("throttled")), (.answers(429, wait: 20), .once("throttled")),
        (.answers(503, wait: 20), .once("throttled")),
    ]

    private static let signed: [(Reaction, Expectation)] = [
        (.signed(500, "INTERNAL_ERROR"), .repeated("fault")),
        (.answers(500), .repeated("fault")), (.answers(501), .repeated("fault")),
        (
            .answers(500, #"{"error":"Did not find any Deployment matching web"}"#),
            .repeated("fault")
        ),
        (.answers(502, "<html>Bad Gateway</html>"), .repeated("unreachable")),
        (.answers(503), .repeated("unreachable")),
        (.signed(504, "TIMEOUT_ERROR"), .repeated("timed out")),
        (.answers(507), .repeated("fault")), (.answers(599), .repeated("fault")),
        (.answers(302), .once("invalid")), (.signed(400, "VALIDATION_ERROR"), .once("invalid")),
        (.signed(401, "AUTH_ERROR"), .once("unauthorized")),
        (.signed(403, "FORBIDDEN"), .once("forbidden")),
        (.signed(404, "NOT_FOUND"), .once("not found")),
        (.answers(404, "<html>Not Found</html>"), .once("invalid")),
        (.answers(405), .once("invalid")), (.answers(408), .once("timed out")),
        (.signed(409, "CONFLICT"), .once("invalid")), (.answers(422), .once("invalid")),
        (
            .answers(429, #"{"error":"x","code":"RATE_LIMIT_ERROR","retry_after":60}"#),
            .once("throttled")
        ), (.answers(429), .once("throttled")), (.answers(429, wait: 20), .once("throttled")),
        (.answers(503, wait: 20), .once("throttled")),
    ]

    private static let broken: [(Reaction, Expectation)] = [
        (.does("reset", .reset), .repeated("unreachable")),
        (.does("close", .close), .repeated("unreachable")),
        (.silence("silence"), .repeated("timed out")),
        (
            .does("half a head", .send("HTTP/1.1 200 OK\r\nDat"), .close),
            .repeated("unreachable")
        ),
        (
            .does("half an answer", .send(ScriptedServer.text(200, "{", length: 30)), .close),
            .repeated("unreachable")
        ),
        (.unreachable, .repeated("unreachable")),
        (
            .endlessHandshake,
            .repeated("unreachable")
        ),
        // Another try would be told the same.
        (.stranger, .once("unreachable")),
        (
            .withoutTLS,
            .once("unreachable")
        ), (.answers(200, "hello"), .once("malformed")),
        (.does("no HTTP", .send("220 mail.example.org\r\n\r\n"), .close), .once("malformed")),
    ]

    // MARK: Submissions

    private static let sentToCore: [(Reaction, Expectation)] = [
        (.core(400, "bad"), .once("rejected")),
        (.core(401, "Invalid user credentials"), .once("unauthorized")),
        (.core(401, "Failed to query db"), .once("unavailable")),
        (.answers(403), .once("rejected")),
        (.answers(404, "<html>Not Found</html>"), .once("rejected")),
        (.answers(405), .once("rejected")),
        (.answers(409, "already in progress"), .once("busy")),
        (.answers(422, "unknown variant"), .once("rejected")),
        (.core(429, "Too many attempts | Try again in 12s"), .once("throttled")),
        (.core(500, "Did not find any Deployment matching web"), .once("rejected")),
        (.core(500, "User does not have required permissions"), .once("rejected")),
        (.core(500, "Server is not connected"), .once("ambiguous")),
        (.core(500, "something else"), .once("ambiguous")),
    ]

    private static let sentSigned: [(Reaction, Expectation)] = [
        (.signed(400, "VALIDATION_ERROR"), .once("rejected")),
        (.signed(401, "AUTH_ERROR"), .once("unauthorized")),
        (.signed(403, "FORBIDDEN"), .once("rejected")),
        (.signed(404, "NOT_FOUND"), .once("rejected")), (.answers(405), .once("rejected")),
        (.signed(409, "CONFLICT"), .once("busy")),
        (.signed(422, "VALIDATION_ERROR"), .once("rejected")),
        (
            .answers(429, #"{"error":"x","code":"RATE_LIMIT_ERROR","retry_after":60}"#),
            .once("throttled")
        ), (.signed(500, "INTERNAL_ERROR"), .once("ambiguous")),
        (
            .answers(500, #"{"error":"Did not find any Deployment matching web"}"#),
            .once("ambiguous")
        ),
    ]

    private static let lost: [(Reaction, Expectation)] = [
        (.unreachable, .once("undelivered")),
        (.stranger, .once("undelivered")),
        (
            .withoutTLS,
            .once("undelivered")
        ),
        (
            .endlessHandshake,
            .once("undelivered")
        ), (.answers(301), .once("rejected")), (.answers(307), .once("rejected")),
        (.answers(308), .once("rejected")), (.answers(408), .once("ambiguous")),
        (.answers(500), .once("ambiguous")), (.answers(501), .once("ambiguous")),
        (.answers(502, "<html>Bad Gateway</html>"), .once("ambiguous")),
        (.answers(503), .once("ambiguous")), (.answers(504), .once("ambiguous")),
        (.answers(429, wait: 20), .once("throttled")), (.answers(429), .once("throttled")),
        (.does("reset", .reset), .once("ambiguous")),
        (.does("close", .close), .once("ambiguous")), (.silence("silence"), .once("ambiguous")),
        (.does("half a head", .send("HTTP/1.1 200 OK\r\nContent-Le"), .close), .once("ambiguous")),
        (
            .silence("half a head, then silence", after: .send("HTTP/1.1 200 OK\r\nContent-Le")),
            .once("ambiguous")
        ),
        (
            .does("no HTTP", .send("220 mail.example.org ESMTP\r\n\r\n"), .close),
            .once("ambiguous")
        ),
        (.does("half a body", .send(half), .close), .once("ambiguous")),
        (.silence("half a body, then silence", after: .send(half)), .once("ambiguous")),
        (.does("half a body, then reset", .send(half), .reset), .once("ambiguous")),
        (
            .does(
                "an announced huge body", .send(ScriptedServer.text(200, "", length: 1 << 40)),
                .flood(1 << 20)), .once("ambiguous")
        ),
        (
            .does(
                "an endless body", .send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
                .flood(AnswerLimits.other * 2), .close), .once("ambiguous")
        ),
    ]

    private static let half = ScriptedServer.text(200, "{\"_id\":", length: 400)

    // MARK: Rows

    private static func reads(
        of dialect: KomodoDialect, _ cells: [(Reaction, Expectation)]
    ) -> [RetryRow] {
        cells.map { RetryRow(komodo: $0.0, dialect: dialect, call: .read, expected: $0.1) }
    }

    private static func submissions(
        to dialect: KomodoDialect, _ cells: [(Reaction, Expectation)]
    ) -> [RetryRow] {
        cells.map { RetryRow(komodo: $0.0, dialect: dialect, call: .submission, expected: $0.1) }
    }
}
