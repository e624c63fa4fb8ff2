//! Addresses that only lead elsewhere: platforms put them around every link, to count who follows it, and they die with the platform.

use super::{WebUrl, followed, in_query};

/// Hosts, the path (of all, where it is nothing), and the parameter that holds the target.
const REDIRECTORS: &[(&str, &str, &str)] = &[
    ("blog.hatena.ne.jp", "/go", "url"),
    ("duckduckgo.com", "/l", "uddg"),
    ("gitee.com", "/link", "target"),
    ("l.facebook.com", "/l.php", "u"),
    ("l.instagram.com", "", "u"),
    ("link.csdn.net", "", "target"),
    ("link.jianshu.com", "", "t"),
    ("link.juejin.cn", "", "target"),
    ("link.zhihu.com", "", "target"),
    ("lm.facebook.com", "/l.php", "u"),
    ("medium.com", "/r", "url"),
    ("slack-redir.net", "/link", "url"),
    ("steamcommunity.com", "/linkfilter", "url"),
    ("t.cn", "/sinaurl", "u"),
    ("t.umblr.com", "/redirect", "z"),
    ("vk.com", "/away.php", "to"),
    ("weibo.cn", "/sinaurl", "u"),
    ("www.douban.com", "/link2", "url"),
    ("www.facebook.com", "/flx/warn", "u"),
    ("www.google.com", "/url", "q"),
    ("www.google.com", "/url", "url"),
    ("www.youtube.com", "/redirect", "q"),
];

/// Where a redirector leads; none if an address is none of one.
pub fn unwrap_redirector(url: &WebUrl) -> Option<WebUrl> {
    followed(url, target)
}

fn target(url: &WebUrl) -> Option<WebUrl> {
    url.query()?;
    let is_path = |path: &str| path.is_empty() || url.path().trim_end_matches('/') == path;
    let fits = |(host, path, _): &&(&str, &str, &str)| url.host() == *host && is_path(path);
    REDIRECTORS.iter().filter(fits).find_map(|(.., name)| in_query(url, name))
}
