//! Words by how often they come, in Simplified and Traditional Chinese and in English.

use super::random::Rng;

/// Words by frequency: `draw` holds each word's number as often as it is to come.
pub(super) struct Lexicon {
    words: Vec<String>,
    draw: Vec<u16>,
    /// Where the words begin of which names and topics are made.
    terms: usize,
}

impl Lexicon {
    /// Simplified, Traditional, English.
    pub(super) fn of_all_scripts() -> [Lexicon; 3] {
        [Lexicon::han(SIMPLIFIED), Lexicon::han(TRADITIONAL), Lexicon::english()]
    }

    /// Characters by their rank, and 9,000 words made of them: half of all that is drawn each.
    fn han(characters: &str) -> Lexicon {
        let mut words: Vec<String> = characters.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
        let terms = words.len();
        let letters = Lexicon::weighted(words.clone(), &zipf(terms, 20.0), 0);
        let mut rng = Rng(7);
        for _ in 0..9_000 {
            let length = [2, 2, 2, 2, 2, 2, 3, 4][rng.below(8) as usize];
            words.push((0..length).map(|_| letters.word(&mut rng)).collect());
        }
        Lexicon::weighted(words, &[zipf(terms, 20.0), zipf(9_000, 60.0)].concat(), terms)
    }

    fn english() -> Lexicon {
        let words: Vec<String> = ENGLISH.split_whitespace().map(|word| format!("{word} ")).collect();
        let weights = zipf(words.len(), 6.0);
        Lexicon::weighted(words, &weights, 40)
    }

    /// A table to draw from in one step; each word stands in it once at least.
    fn weighted(words: Vec<String>, weights: &[f64], terms: usize) -> Lexicon {
        let whole: f64 = weights.iter().sum();
        let entries = |(word, weight): (usize, &f64)| vec![word as u16; (weight / whole * 65_536.0) as usize + 1];
        let draw = weights.iter().enumerate().flat_map(entries).collect();
        Lexicon { words, draw, terms }
    }

    fn word(&self, rng: &mut Rng) -> &str {
        &self.words[usize::from(self.draw[rng.below(self.draw.len() as u64) as usize])]
    }

    /// The same word for the same number.
    pub(super) fn term(&self, number: u64) -> &str {
        self.words[self.terms + number as usize % (self.words.len() - self.terms)].trim_end()
    }

    /// Words of so many Han together, or of half as many English words, which are followed by spaces.
    pub(super) fn phrase(&self, rng: &mut Rng, length: u64, out: &mut String) {
        let mut left = length as i64;
        while left > 0 {
            let word = self.word(rng);
            out.push_str(word);
            left -= if word.is_ascii() { 2 } else { word.len() as i64 / 3 };
        }
        out.truncate(out.trim_end_matches(' ').len());
    }

    /// Clauses of 8 to 40 characters together; one sentence in ten is somebody's.
    pub(super) fn sentence(&self, rng: &mut Rng, out: &mut String) {
        let [comma, stop] = if self.words[0].is_ascii() { [", ", ". "] } else { ["，", "。"] };
        let [open, close] = if rng.below(10) == 0 { ["“", "”"] } else { [""; 2] };
        out.push_str(open);
        let mut left = rng.between(8, 40);
        while left > 0 {
            let clause = left.min(rng.between(4, 16));
            self.phrase(rng, clause, out);
            left -= clause;
            out.push_str(if left > 0 { comma } else { stop });
        }
        out.push_str(close);
    }
}

/// Weights by rank, of sum 1; the shift makes the first as flat as they are in Chinese.
fn zipf(count: usize, shift: f64) -> Vec<f64> {
    let whole: f64 = (0..count).map(|rank| 1.0 / (rank as f64 + shift)).sum();
    (0..count).map(|rank| 1.0 / (rank as f64 + shift) / whole).collect()
}

/// Common Han characters, the most frequent first.
const SIMPLIFIED: &str = "
    的一是人了不在有大中国和为这上他个地年来我会以到时要出生学说道民家子也成行下们于后就发自之对得主长可过天作分方用多你着部能市等业全里工公经本都而高政法面门动日进区事代那去心小同北定开产前其军还然起种所
    如现理机体表力好外与文当两实重新三么只山水关明从化平建又制南内西没此将员名手最东头者月间无安看见各城十相但已些正口通想度加第她合院物性战由位常点海意场武使次二向治因立数样身情入原问把路被并利石老教万知
    级量任江及应省资委务元美特期世湖回系比气汉总展电科金先声提品设或义王社很统处四首共马形己儿司太目基领队直计别女权话少流命至报米给打变果书清活几州华解议更称程今决张导术府才保交放管结师便走达族反再题色五
    京河接条规式县白它改风光运信受什组听布百济党指论强做取技黄神选记斯真却职号界件花类何眼兵传带空干农边据集联古广完质阳难增历史专官每住商即步认车台林必死游举线言皇土团收考求德叫近备研争非具李众连调感转笑
    革该持始英克士尔让拉思根格造较际亲单朝红型价校约器字段周亚深候则功属积快图火千准究往极育装许参半令吃观鱼精办像帝八复影告远群包整构料随划算象容示投势热值夫网望源息语股铁断派速怎需片爱律纪支早况病境证编
    越局推满且列觉服双未居除乐企引标确织初青志率项飞球节察龙响药站施均消客失轻存低甚般击曾防请离落显罗营足素视护副食创余照兴占巴虽洲村费易试星木黑左宝置跟央识维采六底宫房音环案批切斗富乡另倒若按查故突责严
    桥模仅胜杀围席态破承招杨负层须父供续状域似依银范修找九致密终血旅钱赛独细效玉冲获习医演毛尽脸弹楼艺航陆右协七攻镇检写苏宗章注阿抗弟坐验封紧劳户优财养适陈喜卫排射哥油刻留急降念云微伤例景拿绝阶座刘刚害印
    亿沙母酒助闻超审待压升送监策略限竟香配藏敌呢差仍兰温园树征善波哪词岛止预怕继皮执味份角草男普答益谁船惊核街夏宣掌田久著画辑奇尼剑吧谈背免孩礼材愿洋春架筑括晚乱乎讲尚良友临激刀夜室既敢邦挥昌板胡欧福港叶
    简苦担句岁荆贵娘守辖威宜衣帮块堂额错剧充欢够孙班呼阵销坚练脚退读测吴希宁换版异某顾曲楚典朱毒菜判救宋茶洪含顺啊鲜败货矿端兄归冷忙买险康评肉吗厂永哈沉散遗停笔假输牛洞松渐顶训录否述毕督控丰献姑忽爷互亮纳
    襄登咱钟伯臣雄季脑介鄂召饭暗扩祖齐短烈赶牌恩诉移诗础露届蒙静喝盘卖植授伊湾博痛减穿逐秘庭陵固禁票灵杂姓泽吸侧庆妈遇追甲馆补唐炮沿殿刺怪彩俄旧警索岸轮妇载靠附毫怀软骨探雷旁罪枪牙迎序慢盛雨墙恶谷顿危稳熟
    概酸操诸绿佛荣针托宽折野付午肯库厚缺罢耳屋嘴末谢巨培页瓦款犯困店智拥雪翻圣戏旗吉婚奖岩疑币圆歌廷健卡烧析讨跑烟误仙疗舞亡闭汽伸脱秋姐繁侵川莫麻秀借寻私岗卷跳丽横驻套兼您君丁束纸夺袁灯坏坦丝径购阴床瞧择
    墓宪峰遍鲁庙掉丹桃御舰避售怒课播拔奥延虚隐粮络遭摇潜庄混厅婆奴鼓赵访睡震予童徐韦殖抓拜吨扬址洛休纵逃染纷贸透汇灭蛋森仪塔距狐融郡缓聚盖拍迹忠释润粉涓孔岭搜紫虑促抵钢塞寺津液码虎坛珍硬梁奔累役偏迫锛凡损
    壁哭替税综伦冰盟挂韩竞乌尤弱铺妹秦尊竹珠迅脉泥鬼纯睛刑途隆潮幅杯握谋剂幸奉乘抱朋谓频崇壮骑恐享鸡虫绍铜呈泛械摆欲奶敬措爆暴签猛郭嘉障缩亦废搞胞埃曰撤暖寒订俗绩阻盐萨勒忘奏孝贴灰梅触玩默醒胸莲篇柱裁啦淡
    抢捕闹纺截讯朗誉雅忍梦伙勇峡徒丈尾迷唱泉泰佳残闪伍呀疾署剩贼冠倾豆申贫诺麦泪羊尖辈镜涉贡爹缘摩妻殊贝零映甘骂糖岳饮奋棉雕跃汗冒渡努赞启阁斤裂患伏池鹿洗劲晋倍圈媒箭沟锋胆凭挑抬闯隔弄曹汤苗迁叹唯振储贯彻
    桌祭符僧衡炸旋喊凤黎郎援肥磁忌赏辽祥董仁辛瑞询敏浪貌毁昨巧腿抽荷陷焦净腹弃乃湘亩滑狗冬宏皆番尸伟桂览恢龄绕趣晶坡魏摸伴墨浓绪舍蓝荡阅井鸿旦惯症鸟窗扎辞聘穷堰宇键荒递恨隶厉杜闲腰袭侍灾涨叔湿寨幕豪郑磨浮";

/// The same characters in Traditional.
const TRADITIONAL: &str = "
    的一是人了不在有大中國和爲這上他個地年來我會以到時要出生學說道民家子也成行下們於後就發自之對得主長可過天作分方用多你着部能市等業全裏工公經本都而高政法面門動日進區事代那去心小同北定開產前其軍還然起種所
    如現理機體表力好外與文當兩實重新三麼只山水關明從化平建又制南內西沒此將員名手最東頭者月間無安看見各城十相但已些正口通想度加第她合院物性戰由位常點海意場武使次二向治因立數樣身情入原問把路被並利石老教萬知
    級量任江及應省資委務元美特期世湖回系比氣漢總展電科金先聲提品設或義王社很統處四首共馬形己兒司太目基領隊直計別女權話少流命至報米給打變果書清活幾州華解議更稱程今決張導術府才保交放管結師便走達族反再題色五
    京河接條規式縣白它改風光運信受什組聽布百濟黨指論強做取技黃神選記斯真卻職號界件花類何眼兵傳帶空幹農邊據集聯古廣完質陽難增歷史專官每住商即步認車臺林必死遊舉線言皇土團收考求德叫近備研爭非具李衆連調感轉笑
    革該持始英克士爾讓拉思根格造較際親單朝紅型價校約器字段周亞深候則功屬積快圖火千準究往極育裝許參半令喫觀魚精辦像帝八復影告遠羣包整構料隨劃算象容示投勢熱值夫網望源息語股鐵斷派速怎需片愛律紀支早況病境證編
    越局推滿且列覺服雙未居除樂企引標確織初青志率項飛球節察龍響藥站施均消客失輕存低甚般擊曾防請離落顯羅營足素視護副食創餘照興佔巴雖洲村費易試星木黑左寶置跟央識維採六底宮房音環案批切鬥富鄉另倒若按查故突責嚴
    橋模僅勝殺圍席態破承招楊負層須父供續狀域似依銀範修找九致密終血旅錢賽獨細效玉衝獲習醫演毛盡臉彈樓藝航陸右協七攻鎮檢寫蘇宗章注阿抗弟坐驗封緊勞戶優財養適陳喜衛排射哥油刻留急降念雲微傷例景拿絕階座劉剛害印
    億沙母酒助聞超審待壓升送監策略限竟香配藏敵呢差仍蘭溫園樹徵善波哪詞島止預怕繼皮執味份角草男普答益誰船驚核街夏宣掌田久著畫輯奇尼劍吧談背免孩禮材願洋春架築括晚亂乎講尚良友臨激刀夜室既敢邦揮昌板胡歐福港葉
    簡苦擔句歲荊貴娘守轄威宜衣幫塊堂額錯劇充歡夠孫班呼陣銷堅練腳退讀測吳希寧換版異某顧曲楚典朱毒菜判救宋茶洪含順啊鮮敗貨礦端兄歸冷忙買險康評肉嗎廠永哈沉散遺停筆假輸牛洞松漸頂訓錄否述畢督控豐獻姑忽爺互亮納
    襄登咱鍾伯臣雄季腦介鄂召飯暗擴祖齊短烈趕牌恩訴移詩礎露屆蒙靜喝盤賣植授伊灣博痛減穿逐祕庭陵固禁票靈雜姓澤吸側慶媽遇追甲館補唐炮沿殿刺怪彩俄舊警索岸輪婦載靠附毫懷軟骨探雷旁罪槍牙迎序慢盛雨牆惡谷頓危穩熟
    概酸操諸綠佛榮針託寬折野付午肯庫厚缺罷耳屋嘴末謝巨培頁瓦款犯困店智擁雪翻聖戲旗吉婚獎巖疑幣圓歌廷健卡燒析討跑煙誤仙療舞亡閉汽伸脫秋姐繁侵川莫麻秀借尋私崗卷跳麗橫駐套兼您君丁束紙奪袁燈壞坦絲徑購陰牀瞧擇
    墓憲峯遍魯廟掉丹桃御艦避售怒課播拔奧延虛隱糧絡遭搖潛莊混廳婆奴鼓趙訪睡震予童徐韋殖抓拜噸揚址洛休縱逃染紛貿透匯滅蛋森儀塔距狐融郡緩聚蓋拍跡忠釋潤粉涓孔嶺搜紫慮促抵鋼塞寺津液碼虎壇珍硬梁奔累役偏迫錛凡損
    壁哭替稅綜倫冰盟掛韓競烏尤弱鋪妹秦尊竹珠迅脈泥鬼純睛刑途隆潮幅杯握謀劑幸奉乘抱朋謂頻崇壯騎恐享雞蟲紹銅呈泛械擺欲奶敬措爆暴籤猛郭嘉障縮亦廢搞胞埃曰撤暖寒訂俗績阻鹽薩勒忘奏孝貼灰梅觸玩默醒胸蓮篇柱裁啦淡
    搶捕鬧紡截訊朗譽雅忍夢夥勇峽徒丈尾迷唱泉泰佳殘閃伍呀疾署剩賊冠傾豆申貧諾麥淚羊尖輩鏡涉貢爹緣摩妻殊貝零映甘罵糖嶽飲奮棉雕躍汗冒渡努贊啓閣斤裂患伏池鹿洗勁晉倍圈媒箭溝鋒膽憑挑抬闖隔弄曹湯苗遷嘆唯振儲貫徹
    桌祭符僧衡炸旋喊鳳黎郎援肥磁忌賞遼祥董仁辛瑞詢敏浪貌毀昨巧腿抽荷陷焦淨腹棄乃湘畝滑狗冬宏皆番屍偉桂覽恢齡繞趣晶坡魏摸伴墨濃緒舍藍蕩閱井鴻旦慣症鳥窗扎辭聘窮堰宇鍵荒遞恨隸厲杜閒腰襲侍災漲叔溼寨幕豪鄭磨浮";

/// Common English words, the most frequent first.
const ENGLISH: &str = "
    the of to and in a that is for on was with as by at it from he be are has have not this but an will they his
    said we or their who been which more its one about her were would all there she when new up out can people
    year over after time also some two so what them than other into first if last had no city government country
    state world police party just like president public could most day now many only because before how made
    report between work while against through officials under during years minister where three say week law
    since national group media part still military war economy company percent should home own leaders court
    political long another system make news power may including however international trade market life support
    members right election called security move study among house women issue capital water school children
    students history small large late early open former number next high island border river north south east
    west night morning";
