//! The maps of a process with few and with many mappings.

use std::{cell::OnceCell, rc::Rc};

use mman::{Anon, Protection, observe};

use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    [1, 1000, 60_000].into_iter().flat_map(of).collect()
}

/// Memory in so many mappings, made when it is first needed.
fn many(count: usize) -> impl Fn() -> usize {
    let memory = OnceCell::new();
    move || {
        let memory: &Anon = memory.get_or_init(|| {
            let page = mman::page_size();
            let mut memory = Anon::new(2 * count * page).expect("memory");
            for index in 0..count {
                let odd = (2 * index + 1) * page;
                // SAFETY: nothing refers to the page.
                unsafe { memory.protect_range(odd..odd + page, Protection::Read) }.expect("page");
            }
            memory
        });
        memory.as_ptr().addr()
    }
}

fn of(count: usize) -> [Row; 2] {
    let memory = Rc::new(many(count));
    let walk = Row::new(format!("process maps/walk/{count}"))
        .things(count as u64)
        .ours("observe::maps", {
            let memory = Rc::clone(&memory);
            move || {
                memory();
                observe::maps(observe::Process::Current).expect("maps").count()
            }
        })
        .peer("procfs", {
            let memory = Rc::clone(&memory);
            move || {
                memory();
                procfs::process::Process::myself().expect("itself").maps().expect("maps").len()
            }
        })
        .peer("region", || {
            region::query_range(std::ptr::without_provenance::<u8>(1), isize::MAX as usize)
                .map_or(0, Iterator::count)
        });
    let look = Row::new(format!("process maps/one address/{count}"))
        .ours("observe::mapping_at", {
            let memory = Rc::clone(&memory);
            move || observe::mapping_at(std::ptr::without_provenance::<u8>(memory()))
        })
        .peer("region", move || region::query(std::ptr::without_provenance::<u8>(memory())));
    [walk, look]
}
