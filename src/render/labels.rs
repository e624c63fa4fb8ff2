//! The words of the interface, in the site's language. (Content keeps its own.)

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, TimeZone, Timelike as _, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::config::Config;
use crate::digits;
use crate::media::markup;

/// Declares the words that are texts, and how one is found by its name.
macro_rules! labels {
    ($($name:ident),* $(,)?) => {
        /// Every word that a page of the site itself says.
        #[derive(Debug, Clone, Copy, Serialize)]
        #[expect(missing_docs, reason = "each is the word of its name")]
        pub struct Labels<'site> {
            $(pub $name: &'site str,)*
            /// What stands before and behind the number of a part.
            pub part: [&'site str; 2],
            pub brackets: [&'site str; 2],
            pub weekdays: [&'site str; 7],
        }

        impl<'site> Labels<'site> {
            /// The names of the words that a site may say otherwise.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            fn word(&mut self, name: &str) -> Option<&mut &'site str> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }
    };
}

labels! {
    home,
    archive,
    outlets,
    tags,
    undated,
    original,
    published,
    updated,
    minutes,
    newer,
    older,
    versions,
    older_version,
    newest_version,
    months,
    not_found,
    not_found_text,
    several,
    moved,
    several_text,
    withdrawn,
    skip,
    feed,
    picture,
    animation,
    audio,
    video,
    embed,
    contents,
    related,
    contact,
    menu,
    colon,
    neighbours,
}

const HANS: Labels<'static> = Labels {
    home: "首页",
    archive: "按日期",
    outlets: "来源",
    tags: "主题",
    undated: "日期不明",
    original: "原文",
    published: "发布",
    updated: "更新",
    minutes: "分钟读完",
    newer: "较新",
    older: "较早",
    versions: "这篇文章的各个版本",
    older_version: "这是旧版本。",
    newest_version: "阅读最新版本",
    months: "月份",
    not_found: "没有这一页",
    not_found_text: "这个地址上没有文章。可以从首页查找。",
    several: "同一地址上的几篇文章",
    moved: "文章已移至新地址",
    several_text: "这个地址原属不止一篇文章，请选择：",
    withdrawn: "本文已撤下",
    skip: "跳到正文",
    feed: "订阅",
    part: ["第", "页"],
    picture: "图片",
    animation: "动画",
    audio: "音频",
    video: "视频",
    embed: "嵌入内容",
    contents: "目录",
    related: "相关文章",
    contact: "版权联系",
    menu: "菜单",
    colon: "：",
    brackets: ["（", "）"],
    neighbours: "前后篇",
    weekdays: ["一", "二", "三", "四", "五", "六", "日"],
};

const HANT: Labels<'static> = Labels {
    home: "首頁",
    archive: "按日期",
    outlets: "來源",
    tags: "主題",
    undated: "日期不明",
    original: "原文",
    published: "發布",
    updated: "更新",
    minutes: "分鐘讀完",
    newer: "較新",
    older: "較早",
    versions: "這篇文章的各個版本",
    older_version: "這是舊版本。",
    newest_version: "閱讀最新版本",
    months: "月份",
    not_found: "沒有這一頁",
    not_found_text: "這個位址上沒有文章。可以從首頁查找。",
    several: "同一位址上的幾篇文章",
    moved: "文章已移至新位址",
    several_text: "這個位址原屬不止一篇文章，請選擇：",
    withdrawn: "本文已撤下",
    skip: "跳到正文",
    feed: "訂閱",
    part: ["第", "頁"],
    picture: "圖片",
    animation: "動畫",
    audio: "音訊",
    video: "影片",
    embed: "嵌入內容",
    contents: "目錄",
    related: "相關文章",
    contact: "版權聯絡",
    menu: "選單",
    colon: "：",
    brackets: ["（", "）"],
    neighbours: "前後篇",
    weekdays: ["一", "二", "三", "四", "五", "六", "日"],
};

const EN: Labels<'static> = Labels {
    home: "Home",
    archive: "By date",
    outlets: "Outlets",
    tags: "Topics",
    undated: "Undated",
    original: "Original",
    published: "Published",
    updated: "Updated",
    minutes: "min read",
    newer: "Newer",
    older: "Older",
    versions: "Versions of this article",
    older_version: "This is an older version.",
    newest_version: "Read the newest",
    months: "Months",
    not_found: "No such page",
    not_found_text: "There is no article at this address. Look for it from the front page.",
    several: "Several articles at one address",
    moved: "This article has moved",
    several_text: "More than one article had this address. Choose one:",
    withdrawn: "This article was withdrawn",
    skip: "Skip to the article",
    feed: "Feed",
    part: ["Page ", ""],
    picture: "Picture",
    animation: "Animation",
    audio: "Audio",
    video: "Video",
    embed: "Embedded content",
    contents: "Contents",
    related: "Related",
    contact: "Rights holders",
    menu: "Menu",
    colon: ": ",
    brackets: [" (", ")"],
    neighbours: "Before and after",
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};

impl<'site> Labels<'site> {
    /// The words of a language, English where we have none, and in their place those that a site says itself.
    pub fn of(config: &'site Config) -> Self {
        let mut labels = Labels::of_language(&config.language);
        for (name, own) in &config.labels {
            if let Some(word) = labels.word(name) {
                *word = own;
            }
        }
        labels
    }

    fn of_language(language: &str) -> Labels<'static> {
        Labels::in_language(language).unwrap_or(EN)
    }

    /// The words of a language, if we have them.
    pub fn in_language(language: &str) -> Option<Labels<'static>> {
        let language = language.to_ascii_lowercase();
        let mut parts = language.split('-');
        match (parts.next(), parts.next()) {
            (Some("zh"), Some("hant" | "tw" | "hk" | "mo")) => Some(HANT),
            (Some("zh"), _) => Some(HANS),
            (Some("en"), _) => Some(EN),
            _ => None,
        }
    }

    /// `第2页`, `Page 2`.
    pub fn numbered(&self, part: usize) -> String {
        format!("{}{part}{}", self.part[0], self.part[1])
    }

    /// The words for media that are links.
    pub fn media(&self) -> markup::Labels<'site> {
        let Self { picture, animation, audio, video, embed, .. } = *self;
        let Self { colon, brackets, .. } = *self;
        markup::Labels { picture, animation, audio, video, embed, colon, brackets }
    }
}

/// A moment as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Moment {
    /// For machines: RFC 3339, or a day alone where no time is known.
    pub iso: String,
    /// For readers.
    pub text: String,
}

/// What of a moment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Hours and minutes.
    Time,
    /// Month and day.
    Day,
}

/// Dates in the form of a language.
#[derive(Debug, Clone, Copy)]
pub struct Dates {
    is_english: bool,
    zone: Tz,
}

impl Dates {
    /// The form of a language, in a zone.
    pub fn of(language: &str, zone: Tz) -> Self {
        Self { is_english: !language.to_ascii_lowercase().starts_with("zh"), zone }
    }

    /// Day and time; a day alone, which is kept as its midnight, has none.
    pub fn moment(&self, at: DateTime<Utc>) -> Moment {
        let local = at.with_timezone(&self.zone);
        let mut text = self.day(local.date_naive());
        if is_day_alone(&local) {
            return Moment { iso: local.date_naive().to_string(), text };
        }
        text.push(' ');
        push_clock(&mut text, &local);
        Moment { iso: iso(&local), text }
    }

    /// A moment in a list whose heading says the rest, if there is more to say.
    pub fn short(&self, at: DateTime<Utc>, precision: Precision) -> Option<String> {
        let local = at.with_timezone(&self.zone);
        match precision {
            Precision::Time => (!is_day_alone(&local)).then(|| {
                let mut text = String::new();
                push_clock(&mut text, &local);
                text
            }),
            Precision::Day if self.is_english => Some(local.format("%-d %b").to_string()),
            Precision::Day => {
                let mut text = String::new();
                push_day(&mut text, local.date_naive());
                Some(text)
            }
        }
    }

    /// A day.
    pub fn day(&self, day: NaiveDate) -> String {
        if self.is_english {
            day.format("%-d %B %Y").to_string()
        } else {
            let mut text = self.year(day.year());
            push_day(&mut text, day);
            text
        }
    }

    /// A month.
    pub fn month(&self, year: i32, month: u32) -> String {
        match NaiveDate::from_ymd_opt(year, month, 1) {
            Some(first) if self.is_english => first.format("%B %Y").to_string(),
            _ => {
                let mut text = self.year(year);
                digits::push(&mut text, month, 1);
                text.push('月');
                text
            }
        }
    }

    /// A year.
    pub fn year(&self, year: i32) -> String {
        let mut text = String::with_capacity(24);
        if year < 0 {
            text.push('-');
        }
        digits::push(&mut text, year.unsigned_abs(), 1);
        if !self.is_english {
            text.push('年');
        }
        text
    }
}

/// A moment for machines: RFC 3339, in seconds.
pub fn iso<Z: TimeZone>(at: &DateTime<Z>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The same of a moment that may be a day alone, which it then is in the site's zone.
pub fn iso_or_day(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    if is_day_alone(&local) { local.date_naive().to_string() } else { iso(&at) }
}

fn is_day_alone<Z: TimeZone>(at: &DateTime<Z>) -> bool {
    at.naive_local().time() == chrono::NaiveTime::MIN
}

fn push_clock<Z: TimeZone>(out: &mut String, at: &DateTime<Z>) {
    let local = at.naive_local();
    digits::push(out, local.hour(), 2);
    out.push(':');
    digits::push(out, local.minute(), 2);
}

/// `12月17日`.
fn push_day(out: &mut String, day: NaiveDate) {
    digits::push(out, day.month(), 1);
    out.push('月');
    digits::push(out, day.day(), 1);
    out.push('日');
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, NaiveDate};

    use super::*;

    #[test]
    fn moments_for_machines_are_rfc_3339() {
        let shown = |year, hours| {
            let local = NaiveDate::from_ymd_opt(year, 2, 9).unwrap().and_hms_opt(4, 5, 6).unwrap();
            iso(&FixedOffset::east_opt(hours * 3600).unwrap().from_local_datetime(&local).unwrap())
        };
        assert_eq!(shown(2021, 0), "2021-02-09T04:05:06Z");
        assert_eq!(shown(5, 8), "0005-02-09T04:05:06+08:00");
    }
}
