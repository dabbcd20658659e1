package import Jobs
package import Redaction

/// Where a Komodo is and how to ask it.
package struct KomodoConnection: Sendable {
    /// Normalized: http or https, no trailing slash, no user info.
    package var url: String
    package var apiKey: Secret
    package var apiSecret: Secret
    /// Sent once the body is about to leave, and longest wait for one answer.
    package var requestTimeout: Duration
    package var connectTimeout: Duration
    /// One total deadline over all tries of a read.
    package var totalTimeout: Duration
    /// One total deadline over all pages of a list that is walked through.
    package var walkTimeout: Duration
    package var retry: RetryPolicy
    /// How long reads must show nothing before that proves something; the worker waits as long
    /// after a lost submission.
    package var evidenceGrace: Duration
    /// PEM file with certificates to trust besides the system's.
    package var certificateFile: String?
    package var verifiesCertificates: Bool

    package init(
        url: String, apiKey: Secret, apiSecret: Secret, requestTimeout: Duration = .seconds(20),
        connectTimeout: Duration = .seconds(5), totalTimeout: Duration = .seconds(45),
        walkTimeout: Duration = .seconds(120),
        retry: RetryPolicy = RetryPolicy(), evidenceGrace: Duration = .seconds(30),
        certificateFile: String? = nil, verifiesCertificates: Bool = true
    ) {
        self.evidenceGrace = evidenceGrace
        self.url = url
        self.apiKey = apiKey
        self.apiSecret = apiSecret
        self.requestTimeout = requestTimeout
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        self.walkTimeout = walkTimeout
        self.retry = retry
        self.certificateFile = certificateFile
        self.verifiesCertificates = verifiesCertificates
    }
}

extension KomodoConnection {
    /// What is thrown when the pages of a list take more than ``walkTimeout`` together.
    func walkTookTooLong(_ list: String, pages: Int) -> KomodoError {
        let seconds = Int(walkTimeout.inSeconds)
        return KomodoError(
            .timedOut,
            "Komodo took more than \(seconds) s for \(pages) pages of its list of \(list); "
                + "try again when it answers faster.")
    }
}
