package import JSON
package import Jobs

/// Which part of a list is wanted.
package struct PageRequest: Sendable, Hashable {
    /// From 1.
    package let number: Int
    /// 1 to 100.
    package let size: Int

    package init(number: Int = 1, size: Int = 50) {
        self.number = number
        self.size = size
    }
}

/// A page of a list.
package struct DocumentPage: Sendable, Hashable {
    package let items: [JSONObject]
    /// Of all pages.
    package let total: Int
    /// Whether there may be more than ``total``, which Komodo does not count.
    package let totalIsAtLeast: Bool
    /// When the oldest entry was that pages reach; nil when they reach all.
    package let reachesBackTo: Timestamp?

    package init(
        items: [JSONObject], total: Int, totalIsAtLeast: Bool = false,
        reachesBackTo: Timestamp? = nil
    ) {
        self.items = items
        self.total = total
        self.totalIsAtLeast = totalIsAtLeast
        self.reachesBackTo = reachesBackTo
    }

    /// A page of a list that is known whole; empty past its end.
    package init(_ page: PageRequest, of all: [JSONObject]) {
        let (start, overflows) = (page.number - 1).multipliedReportingOverflow(by: page.size)
        let isPast = overflows || start >= all.count
        items = isPast ? [] : Array(all[start..<min(all.count, start + page.size)])
        total = all.count
        totalIsAtLeast = false
        reachesBackTo = nil
    }
}
