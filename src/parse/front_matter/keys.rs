//! What tools call the same thing: keys differ in case, in how their words are joined, and in their language.

use std::borrow::Cow;

/// The key under which what a key says is looked up.
pub(super) fn usual(key: &str) -> Cow<'_, str> {
    let is_joined = |byte: u8| matches!(byte, b'_' | b'-' | b' ');
    // Most keys are plain words.
    let bare = if key.bytes().any(|byte| byte.is_ascii_uppercase() || is_joined(byte)) {
        Cow::Owned(key.replace(['_', '-', ' '], "").to_ascii_lowercase())
    } else {
        Cow::Borrowed(key)
    };
    let name = match &*bare {
        "headline" | "标题" | "標題" | "题目" => "title",
        "publishedat" | "publishedtime" | "publishtime" | "publicationdate" | "datepublished" | "firstpublishedat"
        | "pubtime" | "isodate" | "posted" | "postedat" | "timestamp" | "发布时间" | "发布日期" | "發布時間"
        | "發佈時間" | "日期" | "时间" | "時間" => "date_published",
        "createtime" | "createdtime" | "createdate" | "createdon" | "创建时间" => "created",
        "updatedat" | "updatetime" | "updatedtime" | "datemodified" | "modifiedat" | "更新时间" | "更新時間" => {
            "updated_at"
        }
        "byline" | "作者" => "by",
        "urlsource" | "sourceurl" | "网址" | "链接" | "連結" => "source_url",
        "originalurl" | "originallink" | "原文" | "原文链接" | "原文連結" | "原文地址" => "original_url",
        "canonicalurl" => "canonical_url",
        "来源" | "來源" => "source",
        "标签" | "標籤" | "关键词" => "tags",
        "分类" | "分類" => "categories",
        "摘要" => "description",
        _ if key.bytes().any(|byte| byte.is_ascii_uppercase()) => return Cow::Owned(key.to_ascii_lowercase()),
        _ => return Cow::Borrowed(key),
    };
    Cow::Borrowed(name)
}

#[cfg(test)]
mod tests {
    use super::usual;

    #[test]
    fn keys_are_one_however_they_are_joined() {
        for key in ["datePublished", "date_published", "Published Time", "published-at", "发布时间"] {
            assert_eq!(usual(key), "date_published");
        }
        for (key, known) in [("title", "title"), ("Draft", "draft"), ("cover_image", "cover_image"), ("作者", "by")] {
            assert_eq!(usual(key), known);
        }
    }
}
